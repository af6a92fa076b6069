import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useForm } from "../form/form.ts";
import { t } from "../i18n/mod.ts";
import { client } from "../state/mod.ts";
import { Button, Field } from "../ui/mod.ts";
import { FormFailure } from "../form/failure.tsx";
import { Mark } from "./mark.tsx";

/** Signing in, or making an account; what was typed in one is there in the other. */
export function AuthScreen(): JSX.Element {
  const [isNew, setNew] = useState(false);
  const [identity, setIdentity] = useState("");
  return (
    <main class="auth">
      <div class="auth-card">
        <header class="auth-header">
          <Mark />
          <h1>{isNew ? t("auth.register_title") : t("auth.login_title")}</h1>
          <p>{t("auth.promise")}</p>
        </header>
        {isNew
          ? <RegisterForm identity={identity} onIdentity={setIdentity} />
          : <LoginForm identity={identity} onIdentity={setIdentity} />}
        <p class="auth-switch">
          {isNew ? t("auth.have_account") : t("auth.no_account")}{" "}
          <button type="button" class="link" onClick={() => setNew(!isNew)}>
            {isNew ? t("auth.login") : t("auth.register")}
          </button>
        </p>
      </div>
    </main>
  );
}

interface FormProps {
  readonly identity: string;
  readonly onIdentity: (identity: string) => void;
}

function LoginForm({ identity, onIdentity }: FormProps): JSX.Element {
  const form = useForm({ identity, password: "" }, ({ identity, password }) => {
    onIdentity(identity);
    const who = identity.trim();
    return client().login(who.includes("@") ? { email: who, password } : { username: who, password });
  }, { needs: ["identity", "password"] });
  return (
    <form class="form" onSubmit={form.submit} noValidate>
      <Field
        label={t("auth.identity")}
        autoComplete="username"
        autoFocus
        required
        dir="auto"
        spellcheck={false}
        autoCapitalize="none"
        {...form.text("identity")}
      />
      <Field
        label={t("auth.password")}
        type="password"
        autoComplete="current-password"
        required
        {...form.text("password")}
      />
      <FormFailure text={form.failure} />
      <Button type="submit" variant="primary" class="button-wide" busy={form.busy}>{t("auth.login")}</Button>
    </form>
  );
}

function RegisterForm({ identity, onIdentity }: FormProps): JSX.Element {
  const first = {
    firstName: "",
    lastName: "",
    email: identity.includes("@") ? identity : "",
    username: identity.includes("@") ? "" : identity,
    password: "",
  };
  const form = useForm(first, (values) => {
    onIdentity(values.email);
    return client().register({ ...values, email: values.email.trim(), username: values.username.trim() });
  }, { keepAs: "register" });
  return (
    <form class="form" onSubmit={form.submit} noValidate>
      <div class="form-pair">
        <Field
          label={t("profile.first_name")}
          autoComplete="given-name"
          autoFocus
          required
          dir="auto"
          {...form.text("firstName")}
        />
        <Field
          label={t("profile.last_name")}
          autoComplete="family-name"
          required
          dir="auto"
          {...form.text("lastName")}
        />
      </div>
      <Field label={t("auth.email")} type="email" autoComplete="email" required {...form.text("email")} />
      <Field
        label={t("auth.username")}
        hint={t("wanted.username")}
        autoComplete="username"
        required
        spellcheck={false}
        autoCapitalize="none"
        {...form.text("username")}
      />
      <Field
        label={t("auth.password")}
        hint={t("wanted.password")}
        type="password"
        autoComplete="new-password"
        required
        {...form.text("password")}
      />
      <FormFailure text={form.failure} />
      <Button type="submit" variant="primary" class="button-wide" busy={form.busy}>
        {t("auth.register")}
      </Button>
    </form>
  );
}

/** Whether this is an error to which the runtime has given this code, such as `ENOENT`. */
export function hasCode<C extends string>(error: unknown, code: C): error is Error & { readonly code: C } {
  return error instanceof Error && "code" in error && error.code === code;
}

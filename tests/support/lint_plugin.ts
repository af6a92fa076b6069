/** Lint rules of the house, for `src` alone: what a walk of the imports cannot see. */

/** Files that may use the runtime itself: the process, its adapters, and the socket's upgrade. */
const EDGE =
  /\/src\/(main|config\w*|secrets|app)\.ts$|\/src\/(adapters|web|client)\/|\/src\/realtime\/\w*(upgrade|transport)\w*\.ts$/;
const CONFIG = /\/src\/(config\w*|main)\.ts$/;
const SOURCE = /\/src\//;

/** Where programs begin: the server, the threads of its adapters, and the scripts that browsers load. */
const ENTRY =
  /\/src\/(main\.ts|adapters\/\w+\/worker\.ts|client\/build\/main\.ts|web\/(main\.tsx|boot\.ts|build\/main\.ts|worker\/sw\.ts))$/;

/** Calls that begin work outside the program. */
const STARTS = new Set(["setInterval", "setTimeout", "setImmediate", "fetch", "queueMicrotask"]);

const importTime: Deno.lint.Rule = {
  create(context) {
    if (!SOURCE.test(context.filename) || ENTRY.test(context.filename)) return {};
    const report = (node: Deno.lint.Node) =>
      context.report({
        node,
        message: "A module does no work when it is imported",
        hint: "Move it into a function",
      });
    const atTop = (node: Deno.lint.Node) => !context.sourceCode.getAncestors(node).some(isFunction);
    return {
      "Program > ExpressionStatement": report,
      "Program > :matches(IfStatement, ForStatement, ForOfStatement, WhileStatement, TryStatement)": report,
      AwaitExpression: (node) => atTop(node) && report(node),
      CallExpression(node) {
        if (node.callee.type === "Identifier" && STARTS.has(node.callee.name) && atTop(node)) report(node);
      },
      MemberExpression(node) {
        if (isName(node.object, "Deno") && atTop(node)) report(node);
      },
    };
  },
};

const environment: Deno.lint.Rule = {
  create(context) {
    if (!SOURCE.test(context.filename) || CONFIG.test(context.filename)) return {};
    return {
      MemberExpression(node) {
        if (
          !isName(node.property, "env") || !(isName(node.object, "Deno") || isName(node.object, "process"))
        ) return;
        context.report({
          node,
          message: "Only the configuration reads the environment",
          hint: "Take it as a parameter",
        });
      },
    };
  },
};

const runtime: Deno.lint.Rule = {
  create(context) {
    if (!SOURCE.test(context.filename) || EDGE.test(context.filename)) return {};
    return {
      MemberExpression(node) {
        if (isName(node.object, "Deno")) {
          context.report({
            node,
            message: "The runtime is for main, config and adapters",
            hint: "Take it as a port",
          });
        }
      },
    };
  },
};

const dynamicImport: Deno.lint.Rule = {
  create(context) {
    if (!SOURCE.test(context.filename)) return {};
    return {
      ImportExpression(node) {
        if (node.source.type === "Literal") return;
        context.report({ node, message: "What is imported is written out, so that arrows can be checked" });
      },
    };
  },
};

function isFunction(node: Deno.lint.Node): boolean {
  return /Function|MethodDefinition|PropertyDefinition|StaticBlock/.test(node.type);
}

function isName(node: Deno.lint.Node, name: string): boolean {
  return node.type === "Identifier" && node.name === name;
}

const plugin: Deno.lint.Plugin = {
  name: "parley",
  rules: {
    "no-import-time-work": importTime,
    "environment-in-config": environment,
    "runtime-at-the-edge": runtime,
    "literal-imports": dynamicImport,
  },
};

export default plugin;

/** What a message's text says, as a tree. Only these kinds exist, and each is shown as one element or as plain text. */

/** A stretch of a line. */
export type Inline =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: Emphasis; readonly children: readonly Inline[] }
  | { readonly type: "code"; readonly text: string }
  /** `href` is http or https, and says what `text` says. */
  | { readonly type: "link"; readonly href: string; readonly text: string }
  /** `text` is the name with its `@`, as it was written. */
  | {
    readonly type: "mention";
    readonly username: string;
    readonly text: string;
  };

export type Emphasis = "bold" | "italic" | "strike";

/** Some lines. */
export type Block =
  | { readonly type: "paragraph"; readonly children: readonly Inline[] }
  | {
    readonly type: "code_block";
    readonly language: string;
    readonly text: string;
  }
  | { readonly type: "quote"; readonly children: readonly Block[] }
  | {
    readonly type: "list";
    readonly ordered: boolean;
    readonly items: readonly ListItem[];
  };

/** `number` is what the writer gave it; bullets have none. */
export interface ListItem {
  readonly number: number | null;
  readonly children: readonly Block[];
}

/** The words of a tree without any marks, a line for each block: for previews, titles and screen readers. */
export function plainText(blocks: readonly Block[]): string {
  return blocks.map(blockText).join("\n");
}

function blockText(block: Block): string {
  switch (block.type) {
    case "paragraph":
      return inlineText(block.children);
    case "code_block":
      return block.text;
    case "quote":
      return plainText(block.children);
    case "list":
      return block.items.map(({ children }) => plainText(children)).join("\n");
  }
}

function inlineText(nodes: readonly Inline[]): string {
  return nodes.map((node) => "children" in node ? inlineText(node.children) : node.text).join("");
}

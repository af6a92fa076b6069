import type { ComponentChildren, JSX } from "preact";
import type { Block, Emphasis, Inline, ListItem } from "./tree.ts";

/** What the one who shows a text knows of the world. */
export interface TextContext {
  /** Who is mentioned by a user name; nothing for a name that means nobody. */
  readonly mentioned: (username: string) => Mentioned | undefined;
  /** What a block of code is called, for those who listen. */
  readonly codeLabel: (language: string) => string;
}

export interface Mentioned {
  readonly isReader: boolean;
  readonly onOpen?: () => void;
}

const EMPHASIS: Readonly<Record<Emphasis, "strong" | "em" | "s">> = {
  bold: "strong",
  italic: "em",
  strike: "s",
};

/**
 * A text as elements, and as nothing but elements: no part of it is ever read as markup. What can be pressed is not in
 * the order of the Tab key, but for code, which may have to be scrolled: a history holds too many of them, and its own
 * keys lead there.
 */
export function showText(blocks: readonly Block[], context: TextContext): JSX.Element[] {
  return blocks.map((block, index) => showBlock(block, context, index, "auto"));
}

/** Inside a quote or a list there is one direction: `auto` looks only at what has no direction of its own. */
function showInside(blocks: readonly Block[], context: TextContext): JSX.Element[] {
  return blocks.map((block, index) => showBlock(block, context, index, undefined));
}

function showBlock(block: Block, context: TextContext, key: number, dir: "auto" | undefined): JSX.Element {
  switch (block.type) {
    case "paragraph":
      return <p key={key} dir={dir}>{showInline(block.children, context)}</p>;
    case "code_block":
      return (
        <pre key={key} dir="ltr" tabIndex={0} role="group" aria-label={context.codeLabel(block.language)}>
          <code>{block.text}</code>
        </pre>
      );
    case "quote":
      return <blockquote key={key} dir={dir}>{showInside(block.children, context)}</blockquote>;
    case "list":
      return showList(block.ordered, block.items, context, key, dir);
  }
}

function showList(
  ordered: boolean,
  items: readonly ListItem[],
  context: TextContext,
  key: number,
  dir: "auto" | undefined,
): JSX.Element {
  const shown = items.map(({ number, children }, index) => (
    <li key={index} {...(number !== null && { value: number })}>{showInside(children, context)}</li>
  ));
  return ordered ? <ol key={key} dir={dir}>{shown}</ol> : <ul key={key} dir={dir}>{shown}</ul>;
}

function showInline(nodes: readonly Inline[], context: TextContext): ComponentChildren[] {
  return nodes.map((node, index) => {
    switch (node.type) {
      case "text":
        return node.text;
      case "code":
        return <code key={index} dir="ltr">{node.text}</code>;
      case "link":
        return (
          <a key={index} href={node.href} target="_blank" rel="noopener noreferrer" dir="ltr" tabIndex={-1}>
            {node.text}
          </a>
        );
      case "mention":
        return showMention(node.text, context.mentioned(node.username), index);
      default: {
        const Tag = EMPHASIS[node.type];
        return <Tag key={index}>{showInline(node.children, context)}</Tag>;
      }
    }
  });
}

function showMention(text: string, mentioned: Mentioned | undefined, key: number): ComponentChildren {
  if (!mentioned) return text;
  const style = mentioned.isReader ? "mention mention-me" : "mention";
  if (!mentioned.onOpen) return <bdi key={key} class={style}>{text}</bdi>;
  return (
    <button key={key} type="button" class={style} dir="auto" tabIndex={-1} onClick={mentioned.onOpen}>
      {text}
    </button>
  );
}

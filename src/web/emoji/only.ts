const MAX_EMOJI = 12;

/** Whether a text is nothing but one to twelve emoji, with spaces between them if one likes. */
export function isEmojiOnly(text: string): boolean {
  return text.length <= 200 && text.charCodeAt(0) > 0xa8 && pattern().test(text);
}

let compiled: RegExp | undefined;

function pattern(): RegExp {
  compiled ??= new RegExp(`^(?:\\p{RGI_Emoji}\\s*){1,${MAX_EMOJI}}$`, "v");
  return compiled;
}

import { type Token, type Tokens, lexer } from "marked";
import type { ComponentChildren } from "preact";

/** Markdown as elements. HTML in it is shown as the text that it is. */
export function Markdown({ text }: { text: string }) {
  return <div class="markdown">{blocks(lexer(text, { gfm: true, breaks: true }))}</div>;
}

const blocks = (tokens: readonly Token[]): ComponentChildren[] => tokens.map((token, index) => block(token, index));
const inlines = (tokens: readonly Token[] | undefined): ComponentChildren[] =>
  (tokens ?? []).map((token, index) => inline(token, index));

// The panel has the headings above.
const HEADINGS = ["h4", "h5", "h6"] as const;

function block(token: Token, key: number): ComponentChildren {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading": {
      const { depth, tokens } = token as Tokens.Heading;
      const Heading = HEADINGS[Math.min(depth, HEADINGS.length) - 1] ?? "h6";
      return <Heading key={key}>{inlines(tokens)}</Heading>;
    }
    case "code":
      return (
        <pre key={key} tabIndex={0}>
          <code>{(token as Tokens.Code).text}</code>
        </pre>
      );
    case "blockquote":
      return <blockquote key={key}>{blocks((token as Tokens.Blockquote).tokens)}</blockquote>;
    case "hr":
      return <hr key={key} />;
    case "list":
      return list(token as Tokens.List, key);
    case "table":
      return table(token as Tokens.Table, key);
    case "paragraph":
      return <p key={key}>{inlines((token as Tokens.Paragraph).tokens)}</p>;
    case "text": {
      // In a list item.
      const { tokens, text } = token as Tokens.Text;
      return <span key={key}>{tokens ? inlines(tokens) : unescaped(text)}</span>;
    }
    default:
      return <p key={key}>{token.raw}</p>;
  }
}

function list({ ordered, start, items }: Tokens.List, key: number) {
  const children = items.map((item, index) => (
    <li key={index} class={item.task ? "to-do" : undefined}>
      {item.task && <span aria-hidden="true">{item.checked ? "☑" : "☐"} </span>}
      {blocks(item.tokens.filter(({ type }) => type !== "checkbox"))}
    </li>
  ));
  return ordered ? (
    <ol key={key} start={start === "" ? 1 : start}>
      {children}
    </ol>
  ) : (
    <ul key={key}>{children}</ul>
  );
}

function table({ header, rows }: Tokens.Table, key: number) {
  return (
    <div key={key} class="scroller" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {header.map((cell, index) => (
              <th key={index} scope="col">
                {inlines(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, index) => (
            <tr key={index}>
              {cells.map((cell, column) => (
                <td key={column}>{inlines(cell.tokens)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function inline(token: Token, key: number): ComponentChildren {
  switch (token.type) {
    case "strong":
      return <strong key={key}>{inlines((token as Tokens.Strong).tokens)}</strong>;
    case "em":
      return <em key={key}>{inlines((token as Tokens.Em).tokens)}</em>;
    case "del":
      return <del key={key}>{inlines((token as Tokens.Del).tokens)}</del>;
    case "codespan":
      return <code key={key}>{(token as Tokens.Codespan).text}</code>;
    case "br":
      return <br key={key} />;
    case "link": {
      const { href, tokens } = token as Tokens.Link;
      return <SafeLink key={key} href={href} text={inlines(tokens)} />;
    }
    case "image": {
      // Nothing is loaded from other hosts.
      const { href, text } = token as Tokens.Image;
      return <SafeLink key={key} href={href} text={text === "" ? href : text} />;
    }
    case "escape":
      return (token as Tokens.Escape).text;
    case "text": {
      const { tokens, text } = token as Tokens.Text;
      return tokens ? <span key={key}>{inlines(tokens)}</span> : unescaped(text);
    }
    default:
      return token.raw;
  }
}

const SAFE = new Set(["http:", "https:", "mailto:"]);

function SafeLink({ href, text }: { href: string; text: ComponentChildren }) {
  if (!SAFE.has(URL.parse(href)?.protocol ?? "")) return <>{text}</>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {text}
    </a>
  );
}

const ENTITIES: Record<string, string> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&nbsp;": "\u00a0",
};
const unescaped = (text: string) =>
  text.replace(/&(?:amp|lt|gt|quot|#39|nbsp);/g, (entity) => ENTITIES[entity] ?? entity);

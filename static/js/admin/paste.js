"use strict";
// What the eye saw in a word processor, in the tags the editor keeps: the same as cms/text/tidy_html.py makes of it, by
// the same cases (tests/cms/text/pasted.py). It reads the text of each style attribute: the browser itself may not, for
// our Content-Security-Policy allows no inline styles. Called by editor.js for what is pasted and dropped.
const tidyPasted = (() => {
  const BOLD_TAGS = new Set(["b", "strong"]);
  const ITALIC_TAGS = new Set(["i", "em", "cite", "dfn"]);
  const HEADING = /^h[1-6]$/;
  const LISTS = new Set(["ul", "ol"]);
  const BLOCKS = new Set(
    ("p div pre blockquote li table caption tr td th thead tbody tfoot section article header footer main aside " +
      "address figure figcaption dl dt dd h1 h2 h3 h4 h5 h6 ul ol").split(" "),
  );
  const NOTHING = new Set(["script", "style", "title", "template", "del", "colgroup"]);
  const BETWEEN_CELLS = " – ";
  const SPACES = /[ \t\r\n\f\u00a0]{2,}|[ \t\r\n\f]/g; // one that does not break, alone, is meant
  const BOLD = /^(bold|bolder|[6-9]\d\d|1000)$/;
  const LEVEL = /mso-list:[^;]*\blevel(\d)/;
  const NUMBER = /^\(?(\d{1,9}|[a-z]{1,4})[.)]/i;
  const MARKER = /^(?:(\d{1,9})[.)]|[·•▪◦‣§\uf0b7\uf0a7]|o(?= *\u00a0)) *\u00a0[ \u00a0]+/;
  const SCHEME = /^(https?|mailto|tel):/i;
  const STYLE = "data-pasted-style";
  const BREAK = { text: "", marks: null };
  const PLAIN = { bold: false, italic: false, link: "", title: "" };

  // Renames style attributes before any document sees them: even one that is never shown reports them to the policy.
  const unstyled = (html) =>
    html
      .replace(/<style[\s>][\s\S]*?<\/style\s*>/gi, "")
      .replace(/<[a-z](?:[^"'>]|"[^"]*"|'[^']*')*>/gi, (tag) =>
        tag.replace(/("[^"]*"|'[^']*')|([\s/])style(\s*=)/gi, (all, value, before, equals) =>
          value ? value : `${before}${STYLE}${equals}`,
        ),
      );

  const styleOf = (node) => {
    const style = {};
    for (const part of (node.getAttribute(STYLE) || "").toLowerCase().split(";")) {
      const at = part.indexOf(":");
      if (at > 0) style[part.slice(0, at).trim()] = part.slice(at + 1).replace("!important", "").trim();
    }
    return style;
  };

  const isHidden = (node) => {
    const style = styleOf(node);
    return NOTHING.has(node.localName) || style.display === "none" || style["mso-hide"] === "all";
  };

  const marksOf = (node, around) => {
    const style = styleOf(node);
    const marks = {
      ...around,
      bold: around.bold || BOLD_TAGS.has(node.localName),
      italic: around.italic || ITALIC_TAGS.has(node.localName),
    };
    const given = (value) => value && value !== "inherit" && value !== "unset";
    if (given(style["font-weight"])) marks.bold = BOLD.test(style["font-weight"]);
    if (given(style["font-style"])) marks.italic = /^(italic|oblique)/.test(style["font-style"]);
    const address = node.localName === "a" ? (node.getAttribute("href") || "").trim() : "";
    // Word's own bookmarks lead to places that stay in its document.
    if (address && !address.startsWith("#_") && (SCHEME.test(address) || !/^[^/?#]*:/.test(address))) {
      marks.link = address;
      marks.title = node.getAttribute("title") || "";
    }
    return marks;
  };

  const isSame = (one, other) =>
    one.bold === other.bold && one.italic === other.italic && one.link === other.link && one.title === other.title;

  const both = (one, other) => {
    const linked = one.link === other.link && one.title === other.title;
    return {
      bold: one.bold && other.bold,
      italic: one.italic && other.italic,
      link: linked ? one.link : "",
      title: linked ? one.title : "",
    };
  };

  // As a browser shows a line: one space for several, and none at its edges.
  const lineOf = (runs) => {
    const letters = runs.flatMap((run) => [...run.text].map((letter) => [letter, run.marks]));
    const text = letters.map(([letter]) => (letter.length === 1 ? letter : "x")).join("");
    let kept = [];
    let at = 0;
    for (const found of text.matchAll(SPACES)) {
      kept = kept.concat(letters.slice(at, found.index), [[" ", letters[found.index][1]]]);
      at = found.index + found[0].length;
    }
    kept = kept.concat(letters.slice(at));
    const isSpace = ([letter]) => letter === " " || letter === "\u00a0";
    while (kept.length && isSpace(kept[0])) kept.shift();
    while (kept.length && isSpace(kept[kept.length - 1])) kept.pop();
    const joined = [];
    kept.forEach(([letter, own], place) => {
      // A space belongs to what has the same marks on both of its sides.
      const marks = isSpace([letter]) ? both(kept[place - 1][1], kept[place + 1][1]) : own;
      kept[place] = [letter, marks];
      const last = joined[joined.length - 1];
      if (last && isSame(last.marks, marks)) last.text += letter;
      else joined.push({ text: letter, marks });
    });
    return joined;
  };

  const trimmed = (runs, hasBold) => {
    const lines = [[]];
    for (const run of runs) {
      if (run === BREAK) lines.push([]);
      else if (run.text) lines[lines.length - 1].push(hasBold ? run : { ...run, marks: { ...run.marks, bold: false } });
    }
    const shown = lines.map(lineOf);
    while (shown.length && !shown[0].length) shown.shift();
    while (shown.length && !shown[shown.length - 1].length) shown.pop();
    return shown.flatMap((line, number) => (number ? [BREAK, ...line] : line));
  };

  // What Word wrote for the eye as the number of an item; it is no part of the words.
  const taken = (node) => {
    for (const child of node.children) {
      if ((styleOf(child)["mso-list"] || "").includes("ignore")) {
        child.remove();
        return child.textContent;
      }
      const sign = taken(child);
      if (sign) return sign;
    }
    return "";
  };

  const without = (node, count) => {
    for (const child of [...node.childNodes]) {
      if (count <= 0) break;
      if (child.nodeType === Node.TEXT_NODE) {
        const length = child.data.length;
        child.data = child.data.slice(count);
        count -= length;
      } else if (child.nodeType === Node.ELEMENT_NODE) count = without(child, count);
    }
    return count;
  };

  // The depth of a paragraph in Word's list, or 0, and its number, empty for a bullet. The sign is taken off it.
  const numbered = (node) => {
    const level = LEVEL.exec((node.getAttribute(STYLE) || "").toLowerCase());
    if (level) {
      const number = NUMBER.exec(taken(node).trim());
      return [Number(level[1]), number ? (/^\d/.test(number[1]) ? number[1] : "1") : ""];
    }
    const words = node.textContent;
    const shown = words.replace(/^[ \t\r\n]+/, "");
    const found = MARKER.exec(shown);
    if (!found) return [0, ""];
    without(node, words.length - shown.length + found[0].length);
    return [1, found[1] || ""];
  };

  class Reader {
    constructor(kind, shift) {
      Object.assign(this, { kind, shift, blocks: [], runs: [] });
    }

    read(node, marks) {
      for (const child of node.childNodes) {
        if (child.nodeType === Node.TEXT_NODE) this.runs.push({ text: child.data, marks });
        else if (child.nodeType !== Node.ELEMENT_NODE || isHidden(child)) continue;
        else if (child.localName === "br") this.runs.push(BREAK);
        else if (BLOCKS.has(child.localName)) {
          this.flush(this.kind);
          this.block(child, marksOf(child, marks));
        } else this.read(child, marksOf(child, marks));
      }
    }

    flush(tag, level = 0, start = "") {
      const runs = trimmed(this.runs, tag !== "h2" && tag !== "h3");
      if (runs.length) this.blocks.push({ tag, runs, blocks: [], level, start });
      this.runs = [];
    }

    ended() {
      this.flush(this.kind);
      return joined(listed(this.blocks));
    }

    inside(node, marks, kind) {
      const reader = new Reader(kind, this.shift);
      reader.read(node, marks);
      return reader.ended();
    }

    block(node, marks) {
      const tag = node.localName;
      if (LISTS.has(tag)) this.list(tag, node.getAttribute("start") || "", [...node.childNodes], marks);
      else if (tag === "li") this.list("ul", "", [node], marks, true); // outside a list
      else if (tag === "blockquote") {
        const blocks = this.inside(node, marks, "p");
        if (blocks.length) this.blocks.push({ tag, runs: [], blocks });
      } else if (tag === "tr") this.row(node, marks);
      else if (tag === "div" && node.classList.contains("ListContainerWrapper")) {
        const before = this.blocks.length;
        this.read(node, marks); // Word in a browser puts each item into a list of its own
        for (const block of this.blocks.slice(before)) block.joins = true;
      } else this.paragraph(node, marks);
    }

    // Or a heading, or an item of a list that Word made of paragraphs.
    paragraph(node, marks) {
      const kind = this.kind;
      let [tag, level, start] = [kind, 0, ""];
      const isTitle = (node.getAttribute("class") || "").includes("MsoTitle");
      if (HEADING.test(node.localName) || isTitle) {
        const depth = HEADING.test(node.localName) ? Number(node.localName[1]) : 1;
        tag = kind !== "p" ? kind : depth + this.shift <= 2 ? "h2" : "h3";
      } else if (node.localName === "p") {
        tag = "p";
        [level, start] = numbered(node);
      }
      this.kind = tag;
      this.read(node, marks);
      this.flush(tag, level, start);
      this.kind = kind;
    }

    list(tag, start, children, marks, joins = false) {
      const items = [];
      for (const child of children) {
        const isElement = child.nodeType === Node.ELEMENT_NODE;
        if ((!isElement && (child.nodeType !== Node.TEXT_NODE || !child.data.trim())) || (isElement && isHidden(child)))
          continue;
        let part = child;
        if (!isElement || child.localName !== "li") {
          part = child.ownerDocument.createElement("li");
          part.append(child.cloneNode(true));
        }
        const blocks = this.inside(part, marksOf(part, marks), "");
        // A list that is not in an item, but under the one before
        if (items.length && isElement && LISTS.has(child.localName)) items[items.length - 1].blocks.push(...blocks);
        else if (blocks.length) items.push({ tag: "li", runs: [], blocks });
      }
      if (items.length) this.blocks.push({ tag, runs: [], blocks: items, start: tag === "ol" ? start : "", joins });
    }

    // One line, if its cells are lines.
    row(node, marks) {
      const cells = [...node.children]
        .filter((cell) => !isHidden(cell))
        .map((cell) => {
          const own = marksOf(cell, marks);
          return this.inside(cell, cell.localName === "th" ? { ...own, bold: true } : own, "p");
        })
        .filter((blocks) => blocks.length);
      if (cells.every((blocks) => blocks.length === 1 && blocks[0].tag === "p")) {
        for (const [block] of cells) {
          if (this.runs.length) this.runs.push({ text: BETWEEN_CELLS, marks: PLAIN });
          this.runs.push(...block.runs);
        }
        this.flush(this.kind);
      } else this.blocks.push(...cells.flat());
    }
  }

  // Paragraphs that Word numbered, as lists in lists.
  const listed = (blocks) => {
    const found = [];
    let depth = [];
    for (const block of blocks) {
      if (!block.level) {
        depth = [];
        found.push(block);
        continue;
      }
      const tag = block.start ? "ol" : "ul";
      const last = () => depth[depth.length - 1];
      while (depth.length && (last().level > block.level || (last().level === block.level && last().list.tag !== tag)))
        depth.pop();
      if (!depth.length || last().level < block.level) {
        const list = { tag, runs: [], blocks: [], start: block.start };
        (depth.length ? last().list.blocks[last().list.blocks.length - 1].blocks : found).push(list);
        depth.push({ level: block.level, list });
      }
      last().list.blocks.push({ tag: "li", runs: [], blocks: [{ tag: "", runs: block.runs, blocks: [] }] });
    }
    return found;
  };

  const joined = (blocks) => {
    const found = [];
    for (const block of blocks) {
      const last = found[found.length - 1];
      if (last && last.joins && block.joins && last.tag === block.tag && LISTS.has(block.tag))
        last.blocks.push(...block.blocks);
      else found.push(block);
    }
    return found;
  };

  const write = (block, parent) => {
    const place = block.tag ? parent.appendChild(document.createElement(block.tag)) : parent;
    if (/^\d+$/.test(block.start || "") && Number(block.start) !== 1 && block.tag === "ol")
      place.setAttribute("start", block.start);
    const hasParagraphs = block.tag === "li" && block.blocks.some((part) => part.tag && !LISTS.has(part.tag));
    for (const part of block.blocks) write(hasParagraphs && !part.tag ? { ...part, tag: "p" } : part, place);
    for (const run of block.runs) {
      let inner = place;
      if (run === BREAK) {
        place.append(document.createElement("br"));
        continue;
      }
      if (run.marks.bold) inner = inner.appendChild(document.createElement("strong"));
      if (run.marks.italic) inner = inner.appendChild(document.createElement("em"));
      if (run.marks.link) {
        inner = inner.appendChild(document.createElement("a"));
        inner.setAttribute("href", run.marks.link);
        if (run.marks.title) inner.setAttribute("title", run.marks.title);
      }
      inner.append(run.text);
    }
  };

  return (html) => {
    if (html.includes("data-pm-slice")) return html; // copied in an editor of ours: it is what we keep already
    const body = new DOMParser().parseFromString(unstyled(html), "text/html").body;
    const reader = new Reader("p", body.querySelector("h1") ? 1 : 0);
    reader.read(body, PLAIN);
    const blocks = reader.ended();
    const result = document.createElement("div");
    // A line is pasted into the line it is put in.
    const isLine = blocks.length === 1 && blocks[0].tag === "p";
    for (const block of blocks) write(isLine ? { ...block, tag: "" } : block, result);
    return result.innerHTML;
  };
})();

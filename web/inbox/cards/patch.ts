/**
 * Makes the content of an element equal to `next`, and keeps the nodes that do not change: while a text grows, pictures
 * do not load again, and links keep the focus and texts the selection.
 */
export function patchContent(now: Node, next: Node): void {
  const known = [...now.childNodes];
  const wanted = [...next.childNodes];
  for (const [index, node] of wanted.entries()) {
    const old = known[index];
    if (!old) now.appendChild(node);
    else if (!old.isEqualNode(node)) patchNode(old, node);
  }
  for (const old of known.slice(wanted.length)) old.remove();
}

function patchNode(old: ChildNode, node: ChildNode): void {
  if (old instanceof Text && node instanceof Text) {
    if (node.data.startsWith(old.data)) old.appendData(node.data.slice(old.length));
    else old.data = node.data;
  } else if (old.cloneNode().isEqualNode(node.cloneNode())) patchContent(old, node);
  else old.replaceWith(node);
}

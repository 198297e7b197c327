const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g;

/**
 * Whether any object in `json` names a member twice. `JSON.parse` keeps the last and says nothing, so two readers of one header
 * could see two different headers; RFC 7515 section 4 lets such a header be refused.
 * @param json - text that `JSON.parse` accepts.
 */
export function hasDuplicateMembers(json: string): boolean {
  const open: Set<string>[] = [];
  let text = "";
  for (const [token] of json.matchAll(TOKEN)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (token === ":") {
      const name: string = JSON.parse(text);
      const members = open.at(-1);
      if (members?.has(name)) return true;
      members?.add(name);
    }
    text = token;
  }
  return false;
}

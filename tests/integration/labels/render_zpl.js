// Renders the ZPL on standard input with zpl-renderer-js: one line a label, a PNG in base64.
// Arguments: width and height of a label in millimetres, dots in a millimetre.
const { ready } = require("zpl-renderer-js");

async function main() {
  const { api } = await ready;
  const zpl = require("node:fs").readFileSync(0, "utf8");
  const [width, height, dots] = process.argv.slice(2).map(Number);
  const labels = await api.zplToBase64MultipleAsync(zpl, width, height, dots);
  process.stdout.write(labels.join("\n"), () => process.exit(0));
}

main();

#!/usr/bin/env bash
# llrpjs 1.0.1: of several LLRP messages that arrive together its client gives one; the others wait for the next bytes.
#
# Seen (2026-12-01): a reader sends three tag reports in one write; one event comes.  Each further message that the
# reader sends brings one of the old reports and is itself left over, so the client stays two messages behind.
# Expected: three events, at once.
# Why it matters: TCP joins what a busy reader sends.  The last tags of a shelf, and the answer to the stop of the
# inventory, do not come while the reader has nothing more to say.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts llrpjs@1.0.1 >/dev/null
cat >client.js <<'JS'
const net = require("net");
const { LLRPClient } = require("llrpjs");
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// a tag report of LLRP 1.0.1: header, TagReportData (240), EPC-96 (13) that ends in `number`
function report(number) {
  const data = Buffer.alloc(10 + 4 + 13);
  data.writeUInt16BE((1 << 10) | 61, 0);
  data.writeUInt32BE(data.length, 2);
  data.writeUInt32BE(number, 6);
  data.writeUInt16BE(240, 10);
  data.writeUInt16BE(17, 12);
  data[14] = 0x8d;
  data[26] = number;
  return data;
}

const server = net.createServer(async (socket) => {
  const seen = [];
  client.on("RO_ACCESS_REPORT", (message) => seen.push(message.toLLRPData().id));
  socket.setNoDelay(true);
  await later(200);
  socket.write(Buffer.concat([report(1), report(2), report(3)]));
  await later(1000);
  console.log("three reports in one write:", seen.join(" "));
  for (const number of [4, 5]) {
    socket.write(report(number));
    await later(1000);
    console.log(`and report ${number} alone:`, seen.join(" "));
  }
  process.exit(0);
});
let client;
server.listen(0, "127.0.0.1", async () => {
  client = new LLRPClient({ host: "127.0.0.1", port: server.address().port });
  client.on("error", (error) => console.log("error", String(error)));
  await client.connect();
});
JS
node client.js | tee seen
diff seen - <<'SEEN'
three reports in one write: 1
and report 4 alone: 1 2
and report 5 alone: 1 2 3
SEEN

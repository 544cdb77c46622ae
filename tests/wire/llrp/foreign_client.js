// A client on llrpjs, an LLRP library of others: `node foreign_client.js PORT COUNT` takes an inventory with an AccessSpec
// that reads TID and user memory, as its documentation does it, and prints one JSON line for each tag report, then the
// answers that it got to its requests.  It ends after COUNT reports.
"use strict";
const { LLRPClient, LLRPCore } = require("llrpjs");

const [port, count] = process.argv.slice(2).map(Number);
const reader = new LLRPClient({ host: "127.0.0.1", port });
const say = (line) => console.log(JSON.stringify(line, (_, value) => (typeof value === "bigint" ? Number(value) : value)));

const read = (OpSpecID, MB, WordCount) => ({ OpSpecID, AccessPassword: 0, MB, WordPointer: 0, WordCount });
const requests = [
  ["GET_READER_CAPABILITIES", { RequestedData: "All" }],
  ["DELETE_ACCESSSPEC", { AccessSpecID: 0 }],
  ["DELETE_ROSPEC", { ROSpecID: 0 }],
  ["SET_READER_CONFIG", { ResetToFactoryDefault: true, KeepaliveSpec: { KeepaliveTriggerType: "Periodic", PeriodicTriggerValue: 100 } }],
  ["ADD_ROSPEC", {
    ROSpec: {
      ROSpecID: 123, Priority: 1, CurrentState: "Disabled",
      ROBoundarySpec: {
        ROSpecStartTrigger: { ROSpecStartTriggerType: "Null" },
        ROSpecStopTrigger: { ROSpecStopTriggerType: "Null", DurationTriggerValue: 0 },
      },
      AISpec: {
        AntennaIDs: [1, 2],
        AISpecStopTrigger: { AISpecStopTriggerType: "Null", DurationTrigger: 0 },
        InventoryParameterSpec: { InventoryParameterSpecID: 1234, ProtocolID: "EPCGlobalClass1Gen2" },
      },
      ROReportSpec: {
        ROReportTrigger: "Upon_N_Tags_Or_End_Of_AISpec", N: 1,
        TagReportContentSelector: {
          EnableROSpecID: true, EnableSpecIndex: false, EnableInventoryParameterSpecID: false, EnableAntennaID: true,
          EnableChannelIndex: false, EnablePeakRSSI: true, EnableFirstSeenTimestamp: true,
          EnableLastSeenTimestamp: true, EnableTagSeenCount: true, EnableAccessSpecID: false,
        },
      },
    },
  }],
  ["ADD_ACCESSSPEC", {
    AccessSpec: {
      AccessSpecID: 7, AntennaID: 0, ProtocolID: "EPCGlobalClass1Gen2", CurrentState: "Disabled", ROSpecID: 123,
      AccessSpecStopTrigger: { AccessSpecStopTrigger: "Null", OperationCountValue: 0 },
      AccessCommand: {
        C1G2TagSpec: {
          C1G2TargetTag: { MB: 1, Match: true, Pointer: 0, TagMask: "", TagData: "" },
        },
        C1G2Read: [read(61001, 2, 6), read(61002, 3, 2)],
      },
    },
  }],
  ["ENABLE_ACCESSSPEC", { AccessSpecID: 7 }],
  ["ENABLE_ROSPEC", { ROSpecID: 123 }],
  ["GET_ROSPECS", {}],
  ["START_ROSPEC", { ROSpecID: 123 }],
];

const answers = {};
const ask = async (type, data) => {
  // its own transact() takes whatever comes next for the answer, a report or a keepalive too
  const answered = new Promise((resolve) => reader.on(`${type}_RESPONSE`, resolve));
  await reader.send(new LLRPCore[type]({ data }));
  const answer = await answered;
  const status = answer.getLLRPStatus();
  answers[type] = { name: answer.getName(), status: status.getStatusCode(), text: status.getErrorDescription() };
  if (type === "GET_ROSPECS") answers[type].rospec = answer.toLLRPData().data.ROSpec;
};

let seen = 0;
const done = new Promise((resolve) => {
  reader.on("RO_ACCESS_REPORT", (message) => {
    for (const tag of [message.toLLRPData().data.TagReportData].flat()) {
      say({ tag });
      if (++seen === count) resolve();
    }
  });
});
reader.on("KEEPALIVE", (message) => {
  reader.send(new LLRPCore.KEEPALIVE_ACK({ id: message.toLLRPData().id }));
});
reader.on("error", (error) => say({ error: String(error) }));

(async () => {
  const greeted = new Promise((resolve) => reader.on("READER_EVENT_NOTIFICATION", resolve));
  await reader.connect();
  // llrpjs takes one message from each portion that arrives, and leaves the others until the next one comes
  reader._tcp.on("data", () => {
    for (let rest = 0; rest < 64; rest += 1) reader.onData(Buffer.alloc(0));
  });
  await greeted;
  for (const [type, data] of requests) await ask(type, data);
  await done;
  await ask("STOP_ROSPEC", { ROSpecID: 123 });
  await ask("CLOSE_CONNECTION", {});
  say({ answers });
  process.exit(0);
})().catch((error) => {
  say({ error: String(error) });
  process.exit(1);
});

using ActorBroker.PerfTest;
using ActorBroker.PerfTest.Options;

const string name = "actorbroker-perf";
var line = PerfTool.SetUp(PerfCommand.Alone(), name).Parse(args);
return line.Errors.Count > 0 ? PerfTool.Refuse(name, line.Errors[0].Message) : line.Invoke();

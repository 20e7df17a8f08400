using System.CommandLine;

namespace Gateway.Load.Ingest;

/// <summary><c>load -- ingest</c>: many live sessions upload at once while others press Play on titles on demand.</summary>
internal static class IngestCommand
{
    public static Command Create()
    {
        var sessions = new Option<int>("--sessions") { Description = "Live sessions that upload at once.", HelpName = "N", DefaultValueFactory = static _ => 50 }
            .Within(1, 1000, "--sessions is a number from 1 to 1000.");
        var seconds = new Option<int>("--duration") { Description = "Seconds of each of the two measurements.", HelpName = "S", DefaultValueFactory = static _ => 60 }
            .Within(5, 86_400, "--duration is a number of seconds from 5 to 86400.");
        var every = new Option<int>("--start-every") { Description = "Milliseconds between two viewers on demand.", HelpName = "MS", DefaultValueFactory = static _ => 250 }
            .Within(10, 60_000, "--start-every is a number of milliseconds from 10 to 60000.");
        var target = new Option<Uri?>("--target") { Description = "A gateway with live ingest in Open mode and the transcoder's bundled titles; else one is started.", HelpName = "URL" };
        var knobs = new Option<string[]>("--knob") { Description = "Knob of the gateway that is started: Gateway:Live:WorkInAll=16.", HelpName = "KEY=VALUE", AllowMultipleArgumentsPerToken = true };
        var command = new Command("ingest", "Many live sessions upload at once while others press Play: from a chunk's confirmation to its segment at a viewer, and whether titles on demand start as before. Needs ffmpeg.") { sessions, seconds, every, target, knobs };
        command.SetAction(async (parsed, stop) =>
        {
            var options = new IngestOptions(parsed.GetValue(sessions), TimeSpan.FromSeconds(parsed.GetValue(seconds)), TimeSpan.FromMilliseconds(parsed.GetValue(every)), [.. (parsed.GetValue(knobs) ?? []).Select(static k => $"--{k}")]);
            try
            {
                return await new IngestRun(options, parsed.InvocationConfiguration.Output, TimeProvider.System).PlayAsync(parsed.GetValue(target), stop) ? ExitCode.Passed : ExitCode.ThresholdFailed;
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(e.Message.AsMemory(), stop);
                return ExitCode.WrongUse;
            }
        });
        return command;
    }
}

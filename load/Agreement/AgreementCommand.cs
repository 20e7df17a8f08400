using System.CommandLine;

namespace Gateway.Load.Agreement;

/// <summary><c>load -- agreement</c>: do the virtual players do what the real ones do?</summary>
internal static class AgreementCommand
{
    private static readonly string[] s_players = ["hlsjs", "dashjs", "shaka"];

    public static Command Create() => new("agreement", "Compares the virtual players with real ones in Chromium, over the same links and title.")
    {
        Record(),
        Compare(),
        Auto(),
    };

    private static Command Record()
    {
        var recordings = RecordingsOption();
        var traces = TracesOption();
        var players = new Option<string[]>("--players") { Description = "Which of hlsjs, dashjs, shaka.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => s_players };
        players.AcceptOnlyFromAmong(s_players);
        var only = OnlyOption();
        var lines = new Option<string[]>("--line") { Description = "Instead of the excerpts, made-up links: 0:1000,50:6000 is 1 Mbit/s, and 6 from second 50 on.", HelpName = "seconds:kbps,…", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var atOnce = new Option<int>("--at-once") { Description = "Browsers at a time. Each takes some 5 % of a processor.", DefaultValueFactory = _ => 4 };
        var levers = new Option<string?>("--levers") { Description = "Plays through a gateway that may do this about quality: all, none, or a list of cmsd, throughput, start, pacing, auto, shared, errors. Without it straight from the origin.", HelpName = "list" };
        var command = new Command("record", "Has Chromium play the title over shaped links in real time and writes down what the players did. Needs chromium and ffmpeg.")
        {
            recordings, traces, players, only, lines, atOnce, levers,
        };
        command.SetAction(async (parsed, stop) =>
        {
            try
            {
                var run = new RecordingRun(parsed.GetValue(recordings)!.FullName, parsed.GetValue(traces)!.FullName, parsed.GetValue(levers), parsed.InvocationConfiguration.Output);
                var names = parsed.GetValue(only)!;
                AgreementCase[] cases = parsed.GetValue(lines) is { Length: > 0 } made
                    ? [.. made.Select(AgreementCase.OfSteps)]
                    : [.. AgreementCase.All.Where(c => names.Length == 0 || names.Contains(c.Trace, StringComparer.Ordinal))];
                var missing = await run.RunAsync(parsed.GetValue(players)!, cases, parsed.GetValue(atOnce), stop);
                return missing == 0 ? ExitCode.Passed : ExitCode.ThresholdFailed;
            }
            catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException or FormatException or InvalidOperationException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(refusal.Message);
                return ExitCode.WrongUse;
            }
        });
        return command;
    }

    private static Command Auto()
    {
        var players = new Option<string[]>("--players") { Description = "Which of mpv and ffmpeg.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = static _ => SinglePlayer.All };
        players.AcceptOnlyFromAmong(SinglePlayer.All);
        var line = new Option<string>("--line") { Description = "The link, as for record.", HelpName = "seconds:kbps,…", DefaultValueFactory = static _ => "0:6000,20:3000" };
        var dash = new Option<bool>("--dash") { Description = "By the MPD instead of the playlists." };
        var seconds = new Option<int>("--seconds") { Description = "Of the title that are played, 10 to 230.", HelpName = "N", DefaultValueFactory = static _ => 100 };
        var command = new Command("auto", "Has players without adaptation play the title through a gateway over a shaped link, once as the rendition auto and once its highest rung. Needs them, and ffmpeg.") { players, line, dash, seconds };
        command.SetAction(async (parsed, stop) =>
        {
            try
            {
                var link = AgreementCase.OfSteps(parsed.GetValue(line)!);
                foreach (var player in parsed.GetValue(players)!)
                {
                    var runs = await Task.WhenAll(SinglePlayer.PlayAsync(player, isAuto: true, parsed.GetValue(dash), link, parsed.GetValue(seconds), stop), SinglePlayer.PlayAsync(player, isAuto: false, parsed.GetValue(dash), link, parsed.GetValue(seconds), stop));
                    foreach (var run in runs) await parsed.InvocationConfiguration.Output.WriteLineAsync(run.ToString().AsMemory(), stop);
                }

                return ExitCode.Passed;
            }
            catch (Exception refusal) when (refusal is IOException or FormatException or InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(refusal.Message);
                return ExitCode.WrongUse;
            }
        });
        return command;
    }

    private static Command Compare()
    {
        var recordings = RecordingsOption();
        var traces = TracesOption();
        var with = new Option<FileInfo>("--with") { Description = "Other recordings to compare with, instead of virtual players: how far the real ones agree with themselves.", HelpName = "recordings.ndjson" };
        var only = OnlyOption();
        var loads = new Option<bool>("--loads") { Description = "Also prints every request of both." };
        var command = new Command("compare", "Has virtual players play what was recorded, in virtual time, and prints how far they agree.") { recordings, traces, with, only, loads };
        command.SetAction(async (parsed, stop) =>
        {
            try
            {
                var names = parsed.GetValue(only)!;
                var expected = RecordingFile.Read(parsed.GetValue(recordings)!.FullName).Where(r => names.Length == 0 || names.Contains(r.Case.Trace, StringComparer.Ordinal));
                var folder = parsed.GetValue(traces)!.FullName;
                var rows = parsed.GetValue(with) is { } other ? Agreements.WithRecordings(expected, RecordingFile.Read(other.FullName)) : Agreements.WithVirtual(expected, folder);
                var output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(loads)) foreach (var row in rows) await output.WriteLineAsync(AgreementTable.LoadsOf(row).AsMemory(), stop);
                await output.WriteAsync(AgreementTable.Of(rows).AsMemory(), stop);
                return ExitCode.Passed;
            }
            catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException or FormatException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(refusal.Message);
                return ExitCode.WrongUse;
            }
        });
        return command;
    }

    private static Option<FileInfo> RecordingsOption() => new("--recordings") { Description = "File of recordings, one JSON object a line.", HelpName = "recordings.ndjson", Required = true };

    private static Option<string[]> OnlyOption() => new("--only") { Description = "Names of traces; all when not given.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };

    private static Option<DirectoryInfo> TracesOption() => new("--traces") { Description = "Folder of throughput traces (seconds,kbps).", HelpName = "folder", Required = true };
}

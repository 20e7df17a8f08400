using System.CommandLine;
using System.Globalization;

namespace Gateway.Load.Qoe;

/// <summary>The switches of <c>load -- qoe</c>.</summary>
internal sealed class QoeOptions
{
    private readonly Option<DirectoryInfo?> _traces = new("--traces") { Description = "Folder of throughput traces (columns seconds and kbps).", HelpName = "DIR" };
    private readonly Option<int> _shared = new("--shared") { Description = "Viewers on each line; the trace is what each has when all share alike.", HelpName = "N", DefaultValueFactory = static _ => 1 };
    private readonly Option<string> _rules = new("--rules") { Description = $"Players with commas between them: {string.Join(", ", QoePlayer.All.Select(static p => p.Name))}.", HelpName = "LIST", DefaultValueFactory = static _ => "hlsjs,hlsjs30,dashjs,shaka,throughput,bola,fixed" };
    private readonly Option<string?> _levers = new("--levers") { Description = "all, none or a list; several runs with ';' between them. Without it each lever by itself and all.", HelpName = "LIST" };
    private readonly Option<bool> _auto = new("--auto") { Description = "Plays the rendition auto as well, with the last of the levers." };
    private readonly Option<bool> _faults = new("--origin-faults") { Description = "Plays viewers straight at an origin that fails, and behind the gateway, in real time; the same as load origin-faults." };
    private readonly Option<string> _segments = new("--segments") { Description = "Durations of segments in seconds.", HelpName = "LIST", DefaultValueFactory = static _ => "2,6" };
    private readonly Option<int> _offsets = new("--offsets") { Description = "Places in each trace where a film begins.", HelpName = "N", DefaultValueFactory = static _ => 4 };
    private readonly Option<string> _part = new("--part") { Description = "all, or every other trace: tune, prove.", HelpName = "PART", DefaultValueFactory = static _ => "all" };
    private readonly Option<string> _ladder = new("--ladder") { Description = $"{string.Join(", ", QoeLadders.All.Select(static l => l.Name))}.", HelpName = "NAME", DefaultValueFactory = static _ => "apple" };
    private readonly Option<int> _roundTrip = new("--rtt") { Description = "Round trip in milliseconds.", HelpName = "MS", DefaultValueFactory = static _ => 60 };
    private readonly Option<bool> _declared = new("--declared-sizes") { Description = "The gateway goes by declared rates, as of a film of which it knows no sizes." };
    private readonly Option<string?> _declares = new("--auto-declares") { Description = "lowest, middle or highest: the rung whose bitrate the rendition auto declares; without it as the gateway does.", HelpName = "RUNG" };
    private readonly Option<bool> _cmcd = new("--cmcd") { Description = "Players send CMCD; else the gateway models their buffers." };
    private readonly Option<bool> _sets = new("--sets") { Description = "A line for each group of traces too." };
    private readonly Option<FileInfo?> _json = new("--json") { Description = "All lines, for programs.", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_traces, _shared, _rules, _levers, _auto, _faults, _segments, _offsets, _part, _ladder, _roundTrip, _declared, _declares, _cmcd, _sets, _json]) command.Add(option);
    }

    public FileInfo? Json(ParseResult parsed) => parsed.GetValue(_json);

    public bool WantsOriginFaults(ParseResult parsed) => parsed.GetValue(_faults);

    /// <summary>What of the switches the other verb takes.</summary>
    public string[] OriginFaultsArguments(ParseResult parsed) => Json(parsed) is { } file ? ["--json", file.FullName] : [];

    /// <exception cref="FormatException">A switch says something that there is not.</exception>
    public QoePlan Read(ParseResult parsed)
    {
        if (parsed.GetValue(_traces) is not { Exists: true } folder) throw new FormatException("--traces names no folder of traces.");
        var ladder = QoeLadders.All.FirstOrDefault(l => l.Name == parsed.GetValue(_ladder));
        if (ladder.Name is null) throw new FormatException($"--ladder '{parsed.GetValue(_ladder)}' is none. There are {string.Join(", ", QoeLadders.All.Select(static l => l.Name))}.");
        var part = parsed.GetValue(_part)!;
        if (part is not ("all" or "tune" or "prove")) throw new FormatException($"--part '{part}' is none. There are all, tune and prove.");
        var study = new QoeStudyOptions
        {
            Sessions = QoeTraces.Sessions(folder.FullName, part, Within("--offsets", parsed.GetValue(_offsets), 1, 100), TimeSpan.FromMilliseconds(Within("--rtt", parsed.GetValue(_roundTrip), 0, 10_000))),
            Rungs = ladder.Rungs,
            Viewers = Within("--shared", parsed.GetValue(_shared), 1, 100),
            TrueSizes = !parsed.GetValue(_declared),
            Declared = DeclaredOf(parsed.GetValue(_declares), ladder.Rungs.Length),
            Cmcd = parsed.GetValue(_cmcd),
        };
        return new QoePlan(study, [.. Words(parsed.GetValue(_rules)!).Select(PlayerOf)], [.. Words(parsed.GetValue(_segments)!).Select(SecondsOf)], Arms(parsed), parsed.GetValue(_sets));
    }

    private List<QoeArm> Arms(ParseResult parsed)
    {
        var given = parsed.GetValue(_levers)?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var arms = new List<QoeArm>();
        foreach (var list in given ?? ["cmsd", "pacing", "all"])
        {
            if (QoeArm.Of(list, isAuto: false) is { } arm) arms.Add(arm);
        }

        if (parsed.GetValue(_auto)) arms.Add(QoeArm.Of(given is [.., var last] && last != "none" ? last : "auto", isAuto: true)!);
        return arms;
    }

    private static string[] Words(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static QoePlayer PlayerOf(string name) =>
        QoePlayer.All.FirstOrDefault(p => p.Name == name) ?? throw new FormatException($"--rules: '{name}' is no player. There are {string.Join(", ", QoePlayer.All.Select(static p => p.Name))}.");

    private static int? DeclaredOf(string? word, int rungs) => word switch
    {
        null => null,
        "lowest" => 0,
        "middle" => rungs / 2,
        "highest" => rungs - 1,
        _ => throw new FormatException($"--auto-declares '{word}' is none. There are lowest, middle and highest."),
    };

    private static double SecondsOf(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0.5 and <= 60
            ? seconds
            : throw new FormatException($"--segments: '{text}' is no duration from 0.5 to 60 seconds.");

    private static int Within(string name, int value, int least, int most) =>
        value >= least && value <= most ? value : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{name} is a number from {least} to {most}."));
}

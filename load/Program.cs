using System.CommandLine;
using Gateway.Load.Agreement;
using Gateway.Load.Baseline;
using Gateway.Load.Contract;
using Gateway.Load.Drill;
using Gateway.Load.Ingest;
using Gateway.Load.Judging;
using Gateway.Load.OriginFaults;
using Gateway.Load.Players;
using Gateway.Load.Qoe;
using Gateway.Load.Reports.Comparison;
using Gateway.Load.Runs;
using Gateway.Load.Waves;

namespace Gateway.Load;

/// <summary>Contents page of the load tester: one verb a line.</summary>
public static class Program
{
    /// <summary>For SIGTERM and Ctrl-C: a run that ends early still reports, and ends what it started.</summary>
    private static readonly TimeSpan s_timeToEnd = TimeSpan.FromMinutes(1);

    public static Task<int> Main(string[] args) => RunAsync(args, new InvocationConfiguration { ProcessTerminationTimeout = s_timeToEnd }, CancellationToken.None);

    /// <summary>Does what the command line says, with its output somewhere else.</summary>
    internal static Task<int> RunAsync(string[] args, InvocationConfiguration io, CancellationToken stop) => Verbs().Parse(WithVerb(args)).InvokeAsync(io, stop);

    /// <summary>All that can be written after <c>load --</c>.</summary>
    internal static RootCommand Verbs()
    {
        var root = new RootCommand("Virtual players against a streaming gateway, and what their viewers would have seen. Begin with: load smoke");
        foreach (var run in RunCommands.Create()) root.Add(run);
        root.Add(CompareCommand.Create());
        root.Add(BaselineCommand.Create());
        root.Add(JudgeCommand.Create());
        root.Add(WaveCommand.Create());
        root.Add(ContractCommand.Create());
        root.Add(DrillCommand.Create());
        root.Add(CostCommand.Create());
        root.Add(OriginFaultsCommand.Create());
        root.Add(AgreementCommand.Create());
        root.Add(QoeCommand.Create());
        root.Add(BoundsCommand.Create());
        root.Add(IngestCommand.Create());
        return root;
    }

    // A test file may stand where a verb does.
    private static string[] WithVerb(string[] args) => args is [var first, ..] && first.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? ["run", .. args] : args;
}

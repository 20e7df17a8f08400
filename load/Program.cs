using System.CommandLine;
using Gateway.Load.Agreement;
using Gateway.Load.Baseline;
using Gateway.Load.Players;

namespace Gateway.Load;

/// <summary>Contents page of the load tester: one verb a line.</summary>
public static class Program
{
    public static Task<int> Main(string[] args) => Verbs().Parse(args).InvokeAsync();

    private static RootCommand Verbs() => new("Virtual players against a streaming gateway, and what their viewers would have seen.")
    {
        AgreementCommand.Create(),
        BaselineCommand.Create(),
        CostCommand.Create(),
    };
}

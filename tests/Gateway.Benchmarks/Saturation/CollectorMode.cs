namespace Gateway.Benchmarks.Saturation;

/// <summary>How the garbage collector is set, by the environment as an operator would do it.</summary>
/// <param name="Name">In the table.</param>
/// <param name="Environment">The runtime's variables: <c>NAME=value</c>.</param>
internal sealed record CollectorMode(string Name, params string[] Environment)
{
    /// <summary>What the build sets.</summary>
    public static readonly CollectorMode Built = new("as built");

    public static readonly CollectorMode[] All =
    [
        new("server, adapting its heaps (DATAS)", "DOTNET_gcServer=1", "DOTNET_GCDynamicAdaptationMode=1"),
        new("server, a heap a core", "DOTNET_gcServer=1", "DOTNET_GCDynamicAdaptationMode=0"),
        new("workstation, concurrent", "DOTNET_gcServer=0", "DOTNET_gcConcurrent=1"),
        new("workstation, not concurrent", "DOTNET_gcServer=0", "DOTNET_gcConcurrent=0"),
    ];
}

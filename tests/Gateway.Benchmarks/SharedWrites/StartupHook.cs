using Gateway.Benchmarks.SharedWrites;

/// <summary>What the runtime calls before a program's own beginning, where <c>DOTNET_STARTUP_HOOKS</c> names this assembly. Its name and place are the runtime's wish.</summary>
#pragma warning disable MA0047 // The runtime looks for it outside of all namespaces.
internal static class StartupHook
#pragma warning restore MA0047
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(WriteTable.Variable) is { } table) WriteRecorder.Install(table);
    }
}

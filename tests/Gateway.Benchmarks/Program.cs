using BenchmarkDotNet.Running;

namespace Gateway.Benchmarks;

/// <summary><c>dotnet run -c Release --project tests/Gateway.Benchmarks -- --filter '*Hls*'</c>; <c>--list flat</c> shows what there is.</summary>
internal static class Program
{
    private static void Main(string[] args) => BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}

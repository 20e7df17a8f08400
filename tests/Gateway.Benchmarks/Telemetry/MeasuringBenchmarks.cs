using BenchmarkDotNet.Attributes;
using Gateway.Media;
using Gateway.Responses;
using Gateway.Segments;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Benchmarks.Telemetry;

/// <summary>Cost of one segment at the segment handler's instruments, with the gateway's own collection behind them and with none.</summary>
[MemoryDiagnoser]
public class MeasuringBenchmarks
{
    private static readonly TimeSpan FirstByte = TimeSpan.FromMilliseconds(0.3);
    private static readonly TimeSpan Total = TimeSpan.FromMilliseconds(1.2);

    private WebApplication? _gateway;
    private SegmentMetrics? _segments;

    [Params(false, true)]
    public bool Collected { get; set; }

    [GlobalSetup]
    public void Build()
    {
        _gateway = Gateway.Program.Build(["--urls", "http://127.0.0.1:0", $"--Gateway:Telemetry:Metrics={Collected}", "--Gateway:Telemetry:Events=Off"]);
        _segments = _gateway.Services.GetRequiredService<SegmentMetrics>();
    }

    [GlobalCleanup]
    public async Task DisposeAsync() => await _gateway!.DisposeAsync();

    [Benchmark]
    public void Served() => _segments!.Served(ServedFrom.Cache, StreamingProtocol.Hls, 100_000, FirstByte, Total);
}

using Gateway.Telemetry;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Telemetry;

public sealed class OtlpVariablesTests
{
    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "/v1/traces")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "ftp://collector/")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json")]
    [InlineData("OTEL_TRACES_SAMPLER", "always")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "1%")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "1.5")]
    public void Ignored_ValuesThatTheSdkIgnores_AreReported(string name, string value) => Assert.Equal(name, Assert.Single(Ignored(name, value)).Name);

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://collector/v1/traces")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "grpc")]
    [InlineData("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "0.01")]
    public void Ignored_ValuesThatTheSdkReads_AreNotReported(string name, string value) => Assert.Empty(Ignored(name, value));

    private static (string Name, string Allowed)[] Ignored(string name, string value) =>
        [.. OtlpVariables.Ignored(new ConfigurationBuilder().AddInMemoryCollection([new(name, value)]).Build())];
}

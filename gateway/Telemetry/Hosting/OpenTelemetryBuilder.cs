namespace OpenTelemetry;

/// <summary>What <c>AddOpenTelemetry()</c> returns; its <c>WithMetrics</c> and <c>WithTracing</c> come with the SDK.</summary>
public sealed class OpenTelemetryBuilder : IOpenTelemetryBuilder
{
    internal OpenTelemetryBuilder(IServiceCollection services) => Services = services;

    /// <inheritdoc/>
    public IServiceCollection Services { get; }
}

namespace Gateway.Telemetry.Events;

/// <summary>How events look on standard output. The file has NDJSON always.</summary>
public enum ConsoleFormat
{
    /// <summary>A JSON object a line, for platforms that collect it.</summary>
    Ndjson,

    /// <summary>A sentence for what a person would want to see, and nothing for what goes as it should: for trying things out.</summary>
    Text,
}

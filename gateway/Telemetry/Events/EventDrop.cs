namespace Gateway.Telemetry.Events;

/// <summary>Why a line never reached its destination.</summary>
internal enum EventDrop
{
    /// <summary>The writer could not keep up.</summary>
    QueueFull,

    /// <summary>Console or file refused it.</summary>
    WriteFailed,

    /// <summary>It holds what cannot be written, such as text that is no Unicode.</summary>
    Invalid,
}

namespace Gateway.Telemetry.Events;

/// <summary>Opens the stream that event lines for the console go to; standard output unless a test says otherwise.</summary>
internal delegate Stream EventConsole();

namespace Gateway.Load.Baseline;

/// <summary>A capture, where it came from and what its owner calls it.</summary>
internal sealed class NamedCapture(string label, string path, Capture capture)
{
    public string Label => label;

    public string Path => path;

    public Capture Capture => capture;

    public StartupFigures Figures { get; } = StartupFigures.Of(capture);
}

namespace Gateway.Configuration;

/// <summary>A registered options class and the configuration section that feeds it.</summary>
internal sealed record OptionsSection(string Path, Type OptionsType)
{
    /// <summary>Section under which every knob of the gateway lies; YARP keeps its own (<c>ReverseProxy</c>).</summary>
    public const string Root = "Gateway";
}

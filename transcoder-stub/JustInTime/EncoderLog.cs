namespace TranscoderStub.JustInTime;

/// <summary>What encoders say. Next free id: 4.</summary>
internal static partial class EncoderLog
{
    [LoggerMessage(1, LogLevel.Warning, "An encoder ended with {Code}: {Why}")]
    public static partial void Failed(ILogger logger, string code, string why);

    [LoggerMessage(2, LogLevel.Error, "An encoder broke")]
    public static partial void Broke(ILogger logger, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "{Line}")]
    public static partial void Missing(ILogger logger, string line);
}

using System.Runtime.CompilerServices;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>The doubts of all destinations, see <see cref="DestinationDoubt"/>. They only order destinations: where every one is doubted, or there is one only, requests go there all the same.</summary>
/// <remarks>Thread-safe. Doubts live as long as YARP's object for the destination, across reloads.</remarks>
internal sealed partial class DestinationTrust(TimeProvider time, ILogger<DestinationTrust> logger)
{
    private readonly ConditionalWeakTable<DestinationState, DestinationDoubt> _doubts = [];
    private readonly long _began = time.GetTimestamp();

    private TimeSpan Now => time.GetElapsedTime(_began);

    /// <summary>Whether another destination goes first.</summary>
    public bool Doubts(DestinationState destination) => _doubts.TryGetValue(destination, out var doubt) && doubt.IsRaised(Now);

    /// <summary>A request goes there.</summary>
    public void Asked(DestinationState destination)
    {
        if (_doubts.TryGetValue(destination, out var doubt)) doubt.Asked(Now);
    }

    public void Answered(DestinationState destination)
    {
        if (_doubts.TryGetValue(destination, out var doubt) && doubt.Answered()) LogBack(logger, destination.DestinationId);
    }

    /// <summary>A request was left for another one, or its body fell silent.</summary>
    public void Late(DestinationState destination) => Unanswered(destination, isCertain: false);

    /// <summary>There was no connection, or no answer within the limit.</summary>
    public void Failed(DestinationState destination) => Unanswered(destination, isCertain: true);

    private void Unanswered(DestinationState destination, bool isCertain)
    {
        if (_doubts.GetValue(destination, static _ => new DestinationDoubt()).Unanswered(Now, isCertain)) LogDoubted(logger, destination.DestinationId);
    }

    [LoggerMessage(1150, LogLevel.Warning, "Destination '{Destination}' does not answer: others are asked first")]
    private static partial void LogDoubted(ILogger logger, string destination);

    [LoggerMessage(1151, LogLevel.Information, "Destination '{Destination}' answers again")]
    private static partial void LogBack(ILogger logger, string destination);
}

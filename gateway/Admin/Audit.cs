using Gateway.Telemetry.Events;

namespace Gateway.Admin;

/// <summary>Records operators' actions, as events for later review and as log lines.</summary>
internal sealed partial class Audit(EventLog events, ILogger<Audit> log)
{
    private const int LongestTarget = 512;

    /// <param name="context">The operator's request.</param>
    /// <param name="what">A value of <see cref="OperatorActionEvent.What"/>.</param>
    /// <param name="target">On what; null for the gateway as a whole.</param>
    /// <param name="count">Number of objects or sessions affected.</param>
    /// <param name="status">Whether it was done.</param>
    public void Tell(HttpContext context, string what, string? target = null, long? count = null, EventStatus status = EventStatus.Success)
    {
        var who = OperatorIdentity.Of(context).KeyId;
        var from = context.Connection.RemoteIpAddress?.ToString() ?? "";
        if (target?.Length > LongestTarget) target = target[..LongestTarget];
        LogAction(who, from, what, target ?? "", count ?? 0, status);
        if (!events.Enabled) return;
        events.Write(new OperatorActionEvent { Status = status, Who = who, From = from, What = what, Target = target, Count = count });
    }

    // Next free id: 71.
    [LoggerMessage(70, LogLevel.Information, "Operator '{Who}' from '{From}': '{What}' '{Target}', '{Count}' affected, '{Status}'", EventName = nameof(LogAction))]
    private partial void LogAction(string who, string from, string what, string target, long count, EventStatus status);
}

namespace Gateway.Load.Links;

/// <summary>
/// One exchange under way or over. Progress is not told but asked for: rules that look every 100 ms read <see cref="Received"/>, so a byte that nobody looks at costs nothing.
/// </summary>
internal abstract class Transfer
{
    /// <summary>The listener's mark.</summary>
    public int Tag { get; protected set; }

    public TransferRequest Request { get; protected set; }

    /// <summary>When the player sent it, by the loop's clock, as all times here.</summary>
    public TimeSpan SentAt { get; protected set; }

    /// <summary>Head and first byte; null before.</summary>
    public TimeSpan? BeganAt { get; protected set; }

    /// <summary>Last byte, or failure; null before.</summary>
    public TimeSpan? EndedAt { get; protected set; }

    public TransferEnd End { get; protected set; }

    /// <summary>HTTP status; 0 before the head.</summary>
    public int Status { get; protected set; }

    public ReplyFields Fields { get; protected set; } = ReplyFields.None;

    /// <summary>Content-Length; null when not told.</summary>
    public long? Length { get; protected set; }

    /// <summary>Body bytes up to now.</summary>
    public abstract long Received { get; }

    /// <summary>The body where <see cref="TransferRequest.KeepBody"/> was set and the exchange is complete.</summary>
    public ReadOnlyMemory<byte> Body { get; protected set; }

    /// <summary>Whether all bytes that came are those of <see cref="TransferRequest.Known"/>; that none is missing is not said. Null where nothing is known, and before the end.</summary>
    public bool? HasKnownBytes { get; protected set; }

    public bool IsOver => End != TransferEnd.Running;

    /// <summary>Whether it gave what was asked for.</summary>
    public bool Succeeded => End == TransferEnd.Complete && Status is >= 200 and < 300;

    /// <summary>Stops it; the listener hears nothing more of it. Nothing happens when it is over.</summary>
    public abstract void Cancel();
}

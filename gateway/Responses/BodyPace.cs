namespace Gateway.Responses;

/// <summary>Holds a body to a rate at the writer: a piece goes out when its predecessors have had their time. Belongs to one body.</summary>
internal sealed class BodyPace(long bytesPerSecond, TimeProvider time)
{
    /// <summary>Pieces of so long keep the client's own measurement even, and cost four timers a second.</summary>
    private const double PieceSeconds = 0.25;

    private const int LeastPiece = 4 << 10;

    private readonly long _began = time.GetTimestamp();

    /// <summary>Bytes to flush at once.</summary>
    public int Piece { get; } = (int)Math.Clamp(bytesPerSecond * PieceSeconds, LeastPiece, 192 << 10);

    /// <summary>How long to wait before more than these bytes go out; the first piece goes at once.</summary>
    public TimeSpan WaitFor(long sent)
    {
        var due = TimeSpan.FromSeconds(Math.Max(0, sent - Piece) / (double)bytesPerSecond);
        var elapsed = time.GetElapsedTime(_began);
        return due > elapsed ? due - elapsed : TimeSpan.Zero;
    }
}

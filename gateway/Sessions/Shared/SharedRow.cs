using Gateway.Access.Tickets;
using Gateway.Origin;

namespace Gateway.Sessions.Shared;

/// <summary>A session as the shared book knows it.</summary>
internal sealed record SharedRow
{
    public required Ticket Ticket { get; init; }

    public required MediaAddress Entry { get; init; }

    public required SessionOrder Order { get; init; }

    public double PositionSec { get; init; }

    /// <inheritdoc cref="PlayheadPicture.PositionAt"/>
    public DateTimeOffset PositionAt { get; init; }

    public bool IsPlaying { get; init; }

    public bool Ended { get; init; }

    public SessionEnding Ending { get; init; }
}

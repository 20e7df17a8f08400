namespace Gateway.Sessions.Groups;

/// <summary>What a shared-listening group plays, as its leader last said.</summary>
/// <param name="Leader">The leader's session; never told to members, since in Open mode an id is all that a session's control takes.</param>
/// <param name="MediaId">The leader's title.</param>
/// <param name="PositionSec">Where.</param>
/// <param name="IsPlaying">Whether it moves.</param>
/// <param name="At">When the leader said so, by this gateway's clock.</param>
/// <param name="IsElsewhere">Whether the leader beats on another gateway.</param>
internal sealed record GroupState(Guid Leader, string MediaId, double PositionSec, bool IsPlaying, DateTimeOffset At, bool IsElsewhere = false);

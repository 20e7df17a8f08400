namespace Gateway.Sessions.Groups;

/// <summary>What one gateway tells the others of a group that is led on it.</summary>
/// <param name="Node">Which gateway: it hears itself, too.</param>
/// <param name="Group">The group's name.</param>
/// <param name="Leader">The leader's session.</param>
/// <param name="MediaId">The leader's title.</param>
/// <param name="PositionSec">Where.</param>
/// <param name="IsPlaying">Whether it moves.</param>
/// <param name="AgeMs">How long ago the leader said so.</param>
internal sealed record GroupNotice(Guid Node, string Group, Guid Leader, string MediaId, double PositionSec, bool IsPlaying, double AgeMs)
{
    public static GroupNotice Of(Guid node, string group, GroupState state, DateTimeOffset now) =>
        new(node, group, state.Leader, state.MediaId, state.PositionSec, state.IsPlaying, Math.Max(0, (now - state.At).TotalMilliseconds));

    /// <summary>The same by this gateway's clock. An age that is none is taken for none: a state must not come from the future.</summary>
    public GroupState State(DateTimeOffset now) =>
        new(Leader, MediaId, double.IsFinite(PositionSec) ? PositionSec : 0, IsPlaying, now - TimeSpan.FromMilliseconds(Math.Clamp(AgeMs, 0, ListeningGroups.Silence.TotalMilliseconds)), IsElsewhere: true);
}

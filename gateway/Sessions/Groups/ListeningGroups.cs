using System.Threading.Channels;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions.Groups;

/// <summary>
/// Shared-listening groups: the leader's heartbeats are told to whoever follows on this node, and to the other nodes (<see cref="Led"/>, <see cref="Learn"/>). The first member whose heartbeat comes leads, until it
/// ends or is silent for <see cref="Silence"/>; then the next one does.
/// </summary>
/// <remarks>
/// Thread-safe; one lock protects the groups and their members, and covers field work only: telling a member is a write into its own bounded queue, which drops the older state when it is full, because only
/// the latest counts. Bounded: a group has at most <see cref="MostMembers"/> followers, of which one session is at most <see cref="MostStreams"/>, a node <see cref="MostGroups"/> groups; those that nobody follows and nobody leads are forgotten when room is needed.
/// </remarks>
internal sealed class ListeningGroups(SessionRegistry sessions, TimeProvider time)
{
    public const int MostGroups = 10_000;
    public const int MostMembers = 64;

    /// <summary>A page that connects again may do so before its old connection is known to be gone; more would take the others' places.</summary>
    public const int MostStreams = 4;

    /// <summary>A page beats every second.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);

    /// <summary>Told what a leader on this node says, outside of the lock. Listeners are quick and do not throw.</summary>
    public Action<string, GroupState>? Led { get; set; }

    /// <summary>A member's heartbeat. It moves the group only where the member leads it.</summary>
    public void Tell(SessionState session, double positionSec, bool isPlaying)
    {
        if (session.Parameters.GroupId is not { } name) return;
        var now = time.GetUtcNow();
        var state = new GroupState(session.Id, session.Parameters.MediaId, positionSec, isPlaying, now);
        lock (_lock)
        {
            if (!TryGetUnderLock(name, now, out var group)) return;
            if (group.State is { } known && known.Leader != session.Id && IsLedUnderLock(known, now)) return;
            SetUnderLock(group, state);
        }

        Led?.Invoke(name, state);
    }

    /// <summary>
    /// What a leader on another node says. Where two nodes have a leader each, because both groups began before either had heard of the other, both come to the same one: that with the smaller id.
    /// What was said too long ago, or before what the same leader has said here, moves nobody.
    /// </summary>
    public void Learn(string name, GroupState state)
    {
        var now = time.GetUtcNow();
        // A gateway whose database was away tells then what was said before.
        if (now - state.At >= Silence) return;
        lock (_lock)
        {
            if (!TryGetUnderLock(name, now, out var group)) return;
            if (group.State is { } known && known.Leader != state.Leader && IsLedUnderLock(known, now) && known.Leader.CompareTo(state.Leader) < 0) return;
            // Two states from elsewhere come in their order; their ages, which lack the way, do not tell it.
            if (group.State is { IsElsewhere: false } said && said.Leader == state.Leader && state.At < said.At) return;
            SetUnderLock(group, state);
        }
    }

    /// <summary>Whether a session may go on following: one that has ended may not, however it did.</summary>
    public bool MayFollow(Guid session) => sessions.Lives(session);

    /// <summary>Follows a group; null when there is no more room. The state so far comes first.</summary>
    public Channel<GroupState>? Join(string name, Guid session)
    {
        lock (_lock)
        {
            if (!TryGetUnderLock(name, time.GetUtcNow(), out var group) || group.Members.Count >= MostMembers) return null;
            if (group.Members.Count(m => m.Session == session) >= MostStreams) return null;
            var member = Channel.CreateBounded<GroupState>(new BoundedChannelOptions(4) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
            if (group.State is { } state) member.Writer.TryWrite(state);
            group.Members.Add((session, member));
            return member;
        }
    }

    public void Leave(string name, Channel<GroupState> member)
    {
        lock (_lock)
        {
            if (_groups.TryGetValue(name, out var group)) group.Members.RemoveAll(m => m.States == member);
        }
    }

    /// <summary>Whether a leader is still there; of one elsewhere only its silence tells.</summary>
    private bool IsLedUnderLock(GroupState known, DateTimeOffset now) => now - known.At < Silence && (known.IsElsewhere || sessions.Lives(known.Leader));

    private static void SetUnderLock(Group group, GroupState state)
    {
        group.State = state;
        foreach (var (_, member) in group.Members) member.Writer.TryWrite(state);
    }

    private bool TryGetUnderLock(string name, DateTimeOffset now, out Group group)
    {
        if (_groups.TryGetValue(name, out group!)) return true;
        if (_groups.Count >= MostGroups)
        {
            foreach (var (other, left) in _groups)
            {
                if (left.Members.Count == 0 && (left.State is not { } state || now - state.At > Silence)) _groups.Remove(other);
            }
        }

        if (_groups.Count >= MostGroups) return false;
        _groups[name] = group = new Group();
        return true;
    }

    private sealed class Group
    {
        public GroupState? State { get; set; }

        public List<(Guid Session, Channel<GroupState> States)> Members { get; } = [];
    }
}

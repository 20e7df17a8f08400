using System.Collections.Frozen;
using Gateway.Access;
using Gateway.Origin;
using Gateway.Rollout.Control;

namespace Gateway.Rollout.Cohorts;

/// <summary>
/// Decides the engine of a new session. The first rule that fits wins: (1) a group whose flag is off plays directly; (2) nothing is segmented after a reversion, or while it is unknown whether there
/// was one; (3) a fixed mode; (4) the deny list, then the allow list; (5) the stage's sources; (6) the lot.
/// </summary>
internal sealed class EngineSelector(RolloutControl control, SourceClasses sources, AccessOptions access)
{
    private volatile UserLists _lists = new(new RolloutState(), FrozenSet<string>.Empty, FrozenSet<string>.Empty);

    public EngineDecision Decide(in EngineRequest request)
    {
        var state = control.Current;
        var options = control.Options;
        // 1
        if (request.IsInGroup && !options.GroupsSegmented) return EngineDecision.Fixed(PlaybackEngine.Direct);
        // 2
        if (!control.IsKnown || state.Reversion is not null) return EngineDecision.Fixed(PlaybackEngine.Direct);
        // 3
        var mode = control.Mode;
        if (mode != EngineMode.Staged) return EngineDecision.Fixed(mode == EngineMode.Segmented ? PlaybackEngine.Segmented : PlaybackEngine.Direct);
        // 4
        var lists = ListsOf(state);
        if (lists.Deny.Contains(request.Viewer)) return EngineDecision.Fixed(PlaybackEngine.Direct);
        if (lists.Allow.Contains(request.Viewer)) return EngineDecision.Fixed(PlaybackEngine.Segmented);
        // 5
        var scope = StageScope.Of(state.Stage, options);
        if (!Reaches(scope.Sources, request.Cluster, options)) return EngineDecision.Fixed(PlaybackEngine.Direct);
        // 6
        var name = request.User.Length > 0 ? request.User : request.Session.ToString("N");
        return Cohort.PlaceOf(name) < scope.Share
            ? new EngineDecision(PlaybackEngine.Segmented, RolloutArm.Treatment, state.Wave)
            : new EngineDecision(PlaybackEngine.Direct, RolloutArm.Control, state.Wave);
    }

    /// <summary>Whether shared-listening groups may play segmented.</summary>
    public bool GroupsMaySegment => control.Options.GroupsSegmented;

    /// <summary>Whether a client may name the cluster as the one that has a title: only what is said to be a source, not everything that manifests lead to.</summary>
    public bool IsSource(string cluster) => cluster == OriginOptions.DefaultCluster || sources.IsSource(cluster);

    private bool Reaches(StageSources reached, string cluster, RolloutOptions options) => reached switch
    {
        StageSources.None => false,
        StageSources.All => true,
        StageSources.Local => sources.Of(cluster) == SourceClass.Local,
        _ => sources.Of(cluster) == SourceClass.Local || options.ExternalClusters.AsSpan().Contains(cluster),
    };

    private UserLists ListsOf(RolloutState state)
    {
        var lists = _lists;
        if (ReferenceEquals(lists.State, state)) return lists;
        return _lists = new UserLists(state, Names(state.Allow), Names(state.Deny));
    }

    /// <summary>An entry is a user as operators see one, or a subject of the configured issuer.</summary>
    private FrozenSet<string> Names(IReadOnlyList<string> entries) => entries.SelectMany(entry => new[] { entry, AccessGrant.UserOf(access.Issuer, entry) }).ToFrozenSet(StringComparer.Ordinal);

    private sealed record UserLists(RolloutState State, FrozenSet<string> Allow, FrozenSet<string> Deny);
}

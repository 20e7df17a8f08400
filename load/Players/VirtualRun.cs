using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;
using Gateway.Load.Players.Titles;

namespace Gateway.Load.Players;

/// <summary>
/// Players in virtual time: a loop of its own for each run, one link for each player or one for all of them. The same arguments give the same results.
/// </summary>
internal static class VirtualRun
{
    /// <summary>Origin that plans of virtual players name as their target.</summary>
    public const string Target = "http://virtual";

    /// <summary>After the last plan's stay everything is over; so much later at the latest nothing is expected any more.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromMinutes(1);

    /// <summary>Plays one plan over a link of its own.</summary>
    /// <param name="plan">What the player does; it begins at its intended start.</param>
    /// <param name="server">Answers.</param>
    /// <param name="link">The link's properties.</param>
    /// <param name="library">Manifests known from runs before on the same thread; null for none.</param>
    /// <param name="observer">Watches; null for none.</param>
    public static PlayerResult Play(PlayerPlan plan, IVirtualServer server, LinkOptions link, ManifestLibrary? library = null, IPlayerObserver? observer = null)
    {
        var loop = new VirtualLoop();
        library ??= new ManifestLibrary(Target);
        var player = new Player(plan, loop, new VirtualTransport(loop, new SharedLink(loop, link), server, plan.Seed), library, observer);
        loop.Schedule(plan.IntendedStart, new Starter(player), 0);
        loop.RunUntil(plan.IntendedStart + plan.Stay + s_grace);
        return player.Result!;
    }

    /// <summary>Plays several plans that share one link.</summary>
    /// <param name="plans">What the players do; each begins at its intended start.</param>
    /// <param name="server">Answers all of them.</param>
    /// <param name="link">The shared link's properties.</param>
    /// <param name="observer">Watches; null for none.</param>
    public static IReadOnlyList<PlayerResult> PlayShared(IReadOnlyList<PlayerPlan> plans, IVirtualServer server, LinkOptions link, IPlayerObserver? observer = null)
    {
        var loop = new VirtualLoop();
        var library = new ManifestLibrary(Target);
        var shared = new SharedLink(loop, link);
        var players = new List<Player>(plans.Count);
        var end = TimeSpan.Zero;
        foreach (var plan in plans)
        {
            var player = new Player(plan, loop, new VirtualTransport(loop, shared, server, plan.Seed), library, observer);
            players.Add(player);
            loop.Schedule(plan.IntendedStart, new Starter(player), 0);
            if (plan.IntendedStart + plan.Stay > end) end = plan.IntendedStart + plan.Stay;
        }

        loop.RunUntil(end + s_grace);
        return [.. players.Select(p => p.Result!)];
    }

    private sealed class Starter(Player player) : IScheduled
    {
        public void Fire(long tag) => player.Start();
    }
}

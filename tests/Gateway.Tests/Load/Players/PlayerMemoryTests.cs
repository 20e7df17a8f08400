using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;
using Gateway.Load.Players;
using Gateway.Load.Players.Titles;
using Gateway.Testing;

namespace Gateway.Tests.Load.Players;

[Collection(nameof(MeasuresMemory))]
public sealed class PlayerMemoryTests
{
    /// <summary>What is made once for all is made by the first few.</summary>
    private const int First = 6;

    private const int Players = 294;

    [Theory]
    [InlineData(nameof(RuleSet.HlsJs))]
    [InlineData(nameof(RuleSet.DashJs))]
    [InlineData(nameof(RuleSet.Shaka))]
    public void Players_ByTheHundred_TakeLessThanTwentyKilobytesEach(string set)
    {
        var held = HeapGrowth.Median(() => Grow(Enum.Parse<RuleSet>(set)));
        TestContext.Current.TestOutputHelper?.WriteLine($"{held / Players} bytes a player of {set}");
        Assert.InRange(held / Players, 100, 14_000);
    }

    /// <summary>Bytes by which the heap grows for that many players.</summary>
    private static long Grow(RuleSet rules)
    {
        var title = new SyntheticTitle(new TitleShape { Segments = 900 });
        var loop = new VirtualLoop();
        var library = new ManifestLibrary(VirtualRun.Target);
        var players = new List<Player>(First + Players);
        var link = new LinkOptions { Trace = RateTrace.Constant(3000) };
        void Add(int index)
        {
            var plan = new PlayerPlan
            {
                Index = index,
                Target = VirtualRun.Target,
                Title = rules == RuleSet.DashJs ? title.Dash : title.Hls,
                Rules = rules,
                Stay = TimeSpan.FromHours(1),
                IntendedStart = loop.Now,
            };
            var player = new Player(plan, loop, new VirtualTransport(loop, new SharedLink(loop, link), title), library);
            players.Add(player);
            player.Start();
        }

        for (var i = 0; i < First; i++) Add(i);
        loop.RunUntil(TimeSpan.FromMinutes(50));
        var before = HeapGrowth.Living;
        for (var i = 0; i < Players; i++) Add(First + i);
        loop.RunUntil(TimeSpan.FromMinutes(60));
        var grown = HeapGrowth.Living - before;
        GC.KeepAlive(players);
        return grown;
    }
}

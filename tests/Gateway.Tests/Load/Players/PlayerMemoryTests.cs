using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;
using Gateway.Load.Players;
using Gateway.Load.Players.Titles;

namespace Gateway.Tests.Load.Players;

[Collection(nameof(MeasuresMemory))]
public sealed class PlayerMemoryTests
{
    [Theory]
    [InlineData(nameof(RuleSet.HlsJs))]
    [InlineData(nameof(RuleSet.DashJs))]
    [InlineData(nameof(RuleSet.Shaka))]
    public void Players_ByTheHundred_TakeLessThanTwentyKilobytesEach(string set)
    {
        const int Players = 300;
        var title = new SyntheticTitle(new TitleShape { Segments = 900 });
        var loop = new VirtualLoop();
        var library = new ManifestLibrary(VirtualRun.Target);
        var players = new List<Player>(Players);
        var link = new LinkOptions { Trace = RateTrace.Constant(3000) };
        void Add(int index)
        {
            var rules = Enum.Parse<RuleSet>(set);
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

        // What is made once for all is made by the first few.
        for (var i = 0; i < 6; i++) Add(i);
        loop.RunUntil(TimeSpan.FromMinutes(50));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 6; i < Players; i++) Add(i);
        loop.RunUntil(TimeSpan.FromMinutes(60));

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (Players - 6);
        GC.KeepAlive(players);


        TestContext.Current.TestOutputHelper?.WriteLine($"{each} bytes a player of {set}");
        Assert.InRange(each, 100, 14_000);
    }
}

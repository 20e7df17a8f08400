using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Rollout.Judging;

namespace Gateway.Tests.Rollout.Judging;

public sealed class JudgeStateTests
{
    private static readonly Gen<SessionOutcome> Outcomes =
        from arm in Gen.Elements(Arm.Control, Arm.Treatment)
        from flags in Gen.Choose(0, 127)
        from startup in Gen.OneOf(Gen.Constant<double?>(null), Gen.Choose(0, 60_000).Select(static v => (double?)v), Gen.Elements<double?>(double.NaN, double.PositiveInfinity, -1, double.MaxValue))
        from stall in Gen.OneOf(Gen.Choose(0, 100_000).Select(static v => (double)v), Gen.Elements(double.NaN, double.PositiveInfinity, -5, double.Epsilon, double.MaxValue))
        from played in Gen.OneOf(Gen.Choose(0, 10_000_000).Select(static v => (double)v), Gen.Elements(double.NaN, double.PositiveInfinity, -5))
        select new SessionOutcome
        {
            Arm = arm,
            CreateFailed = (flags & 1) != 0,
            StartupFailed = (flags & 2) != 0,
            StartupTimedOut = (flags & 4) != 0,
            RetriesExhausted = (flags & 8) != 0,
            HandoffLost = (flags & 16) != 0,
            Interrupted = (flags & 32) != 0,
            IsRepeat = (flags & 64) != 0,
            StartupMs = startup,
            LongestStallMs = stall,
            StallMs = stall,
            PlayedMs = played,
        };

    [Fact]
    public void Merge_InAnyOrderAndGrouping_IsAsIfOneHadCounted()
    {
        var cases = from outcomes in Outcomes.ArrayOf() from nodes in Gen.Choose(1, 4) select (outcomes, nodes);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var whole = new JudgeState(3);
            var parts = Enumerable.Range(0, c.nodes).Select(static _ => new JudgeState(3)).ToArray();
            for (var i = 0; i < c.outcomes.Length; i++)
            {
                whole.Add(c.outcomes[i]);
                parts[(i * 7) % c.nodes].Add(c.outcomes[i]);
            }

            var (forward, backward) = (new JudgeState(3), new JudgeState(3));
            foreach (var part in parts) forward.Merge(part);
            foreach (var part in parts.Reverse()) backward.Merge(part);
            Assert.Equal(Text(whole), Text(forward));
            Assert.Equal(Text(whole), Text(backward));
        }).Check(Dice.Config(300));
    }

    [Fact]
    public void Write_OfAnyState_IsReadBackAsItWas()
    {
        Prop.ForAll(Outcomes.ArrayOf().ToArbitrary(), outcomes =>
        {
            var state = new JudgeState(2);
            foreach (var outcome in outcomes) state.Add(outcome);
            Assert.True(JudgeState.TryRead(state.Write(), out var read, out var error), error);
            Assert.Equal(Text(state), Text(read));
        }).Check(Dice.Config(300));
    }

    [Fact]
    public void Write_OfAnyManySessions_StaysSmall()
    {
        var state = new JudgeState(1);
        for (var i = 0; i < 400; i++)
        {
            foreach (var arm in Enum.GetValues<Arm>())
            {
                var outcome = new SessionOutcome { Arm = arm, StartupMs = Math.Pow(1.04, i), LongestStallMs = 1, StallMs = Math.Pow(1.03, i), PlayedMs = 1e6 };
                for (var times = 0; times < 100; times++) state.Add(outcome);
            }
        }

        Assert.InRange(state.Write().Length, 1000, JudgeState.MaxLength / 4);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":2,"wave":1}""")]
    [InlineData("""{"version":1,"wave":0}""")]
    [InlineData("""{"version":1,"wave":1,"control":{},"treatment":{}}""")]
    public void TryRead_OfWhatIsNoState_SaysWhy(string json)
    {
        Assert.False(JudgeState.TryRead(Encoding.UTF8.GetBytes(json), out _, out var error));
        Assert.NotEmpty(error);
    }

    [Theory]
    [InlineData("\"sessions\":1", "\"sessions\":-1")]
    [InlineData("\"sessions\":1", "\"sessions\":1e99")]
    [InlineData("\"sessions\":1", "\"sessions\":0")]
    [InlineData("\"stalled\":1", "\"stalled\":2")]
    [InlineData("\"stalled\":1", "\"stalled\":\"1\"")]
    [InlineData("\"timeouts\":0", "\"timeouts\":2")]
    [InlineData("\"startup\":[[160,1]]", "\"startup\":[[160,2]]")]
    [InlineData("\"startup\":[[160,1]]", "\"startup\":[[9999,1]]")]
    [InlineData("\"startup\":[[160,1]]", "\"startup\":[[160]]")]
    [InlineData("\"startup\":[[160,1]]", "\"startup\":160")]
    public void TryRead_OfCountsThatCannotBe_SaysWhichArm(string right, string wrong)
    {
        var state = new JudgeState(1);
        state.Add(new SessionOutcome { Arm = Arm.Control, StartupMs = 1024, LongestStallMs = 900, StallMs = 900, PlayedMs = 60_000 });
        var text = Text(state);
        Assert.Contains(right, text, StringComparison.Ordinal);
        Assert.False(JudgeState.TryRead(Encoding.UTF8.GetBytes(text.Replace(right, wrong, StringComparison.Ordinal)), out _, out var error));
        Assert.Contains("\"control\"", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_OfAnotherWave_IsRefused() => Assert.Throws<ArgumentException>(() => new JudgeState(1).Merge(new JudgeState(2)));

    private static string Text(JudgeState state) => Encoding.UTF8.GetString(state.Write());
}

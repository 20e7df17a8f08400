using FsCheck;
using FsCheck.Fluent;
using Gateway.Load.Pacing;
using Gateway.Rollout.Judging;

namespace Gateway.Tests.Rollout.Judging;

/// <summary>
/// What makes an e-value one: without harm its expectation is at most 1. With learned shares, with drifting rates, with rates lower than the null allows; summed up over all that can happen, not simulated.
/// </summary>
public sealed class EvidenceProperties
{
    private const double Rounding = 1e-7;

    private static readonly Gen<double> Shares = Gen.Choose(1, 99).Select(static s => s / 100.0);

    [Fact]
    public void BetaMixture_AtAnyRateOfTheNull_HasAnExpectationOfAtMostOne()
    {
        var cases = from rate in Shares from part in Gen.Choose(0, 100) from n in Gen.Choose(0, 300) select (rate, truth: rate * part / 100, n);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var mixture = new BetaMixture(c.rate);
            var expectation = Binomial.Expectation(c.n, c.truth, k => mixture.LogEvidence(k, c.n - k));
            return expectation <= 1 + Rounding && (c.truth < c.rate || expectation >= 1 - Rounding);
        }).Check(Dice.Config(300));
    }

    [Fact]
    public void HarmEvidence_OfEqualArms_HasAnExpectationOfAtMostOne()
    {
        // Arms of harmed and of unharmed sessions are independent draws with the wave's share, however many there are of each.
        var cases = from share in Shares from harmed in Gen.Choose(0, 40) from others in Gen.Choose(0, 60) select (share, harmed, others);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var evidence = new HarmEvidence(c.share);
            var expectation = Binomial.Expectation(c.harmed, c.share, x => Math.Log(Binomial.Expectation(
                c.others, c.share, u => evidence.Log(x, c.harmed - x, x + u, c.harmed - x + c.others - u, isShareKept: true))));
            return expectation <= 1 + Rounding;
        }).Check(Dice.Config(100));
    }

    [Fact]
    public void HarmEvidence_OfAShareThatIsNotThePlannedOne_HasAnExpectationOfAtMostATenth()
    {
        // The sample ratio is wrong and known to be: what is left must hold at whatever share there is.
        var cases = from planned in Shares from real in Shares from harmed in Gen.Choose(0, 40) from others in Gen.Choose(0, 60) select (planned, real, harmed, others);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var evidence = new HarmEvidence(c.planned);
            var expectation = Binomial.Expectation(c.harmed, c.real, x => Math.Log(Binomial.Expectation(
                c.others, c.real, u => evidence.Log(x, c.harmed - x, x + u, c.harmed - x + c.others - u, isShareKept: false))));
            return expectation <= 0.1 + Rounding;
        }).Check(Dice.Config(100));
    }

    [Fact]
    public void HarmEvidence_WithALimitOutOfReach_SaysSoRightly()
    {
        var cases = from share in Shares from x in Gen.Choose(0, 500) from y in Gen.Choose(0, 500) from u in Gen.Choose(0, 5000) from v in Gen.Choose(0, 5000) select (share, x, y, u, v);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var evidence = new HarmEvidence(c.share);
            var log = evidence.Log(c.x, c.y, c.x + c.u, c.y + c.v, isShareKept: true);
            return evidence.CanReach(log - Rounding, c.x, c.y, c.x + c.u, c.y + c.v);
        }).Check(Dice.Config(2000));
    }

    [Fact]
    public void MeanDifference_OfEqualArmsWithDriftingMeans_HasAnExpectationOfAtMostOne()
    {
        // Two values and a few sessions: every way that it can go is summed up, each session with a mean of its own.
        var cases = from share in Shares from low in Gen.Choose(0, 100) from high in Gen.Choose(0, 100) from n in Gen.Choose(1, 6) from seed in Gen.Choose(0, 1 << 20) select (share, low: low / 100.0, high: high / 100.0, n, seed);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var random = new SeededRandom((ulong)c.seed);
            var difference = new MeanDifference(c.share, [c.low, c.high]);
            double[] rates = [.. Enumerable.Range(0, c.n).Select(_ => random.NextDouble())];
            var (above, below) = (0.0, 0.0);
            for (var way = 0; way < 1 << (2 * c.n); way++)
            {
                var probability = 1.0;
                var (treatment, control) = (new long[2], new long[2]);
                for (var session = 0; session < c.n; session++)
                {
                    var (isTreatment, isHigh) = ((way >> (2 * session) & 1) == 1, (way >> ((2 * session) + 1) & 1) == 1);
                    probability *= (isTreatment ? c.share : 1 - c.share) * (isHigh ? rates[session] : 1 - rates[session]);
                    (isTreatment ? treatment : control)[isHigh ? 1 : 0]++;
                }

                above += probability * Math.Exp(difference.LogEvidence(treatment, control));
                below += probability * Math.Exp(difference.LogEvidenceBelow(0, treatment, control));
            }

            return above <= 1 + Rounding && below <= 1 + Rounding;
        }).Check(Dice.Config(150));
    }

    [Fact]
    public void MeanDifference_OfHarmAtTheMargin_HasAnExpectationOfAtMostOneAgainstIt()
    {
        // What promotion rests on: a wave that is worse by just the margin, or more, is not bet away.
        var cases = from share in Shares from margin in Gen.Choose(1, 50) from more in Gen.Choose(0, 20) from n in Gen.Choose(1, 6) from seed in Gen.Choose(0, 1 << 20) select (share, margin: margin / 100.0, more: more / 100.0, n, seed);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var random = new SeededRandom((ulong)c.seed);
            var difference = new MeanDifference(c.share, [0, 1]);
            double[] rates = [.. Enumerable.Range(0, c.n).Select(_ => random.NextDouble() * (1 - c.margin - c.more))];
            var expectation = 0.0;
            for (var way = 0; way < 1 << (2 * c.n); way++)
            {
                var probability = 1.0;
                var (treatment, control) = (new long[2], new long[2]);
                for (var session = 0; session < c.n; session++)
                {
                    var (isTreatment, isHarmed) = ((way >> (2 * session) & 1) == 1, (way >> ((2 * session) + 1) & 1) == 1);
                    var rate = rates[session] + (isTreatment ? c.margin + c.more : 0);
                    probability *= (isTreatment ? c.share : 1 - c.share) * (isHarmed ? rate : 1 - rate);
                    (isTreatment ? treatment : control)[isHarmed ? 1 : 0]++;
                }

                expectation += probability * Math.Exp(difference.LogEvidenceBelow(c.margin, treatment, control));
            }

            return expectation <= 1 + Rounding && (c.more > 0 || expectation >= 1 - Rounding);
        }).Check(Dice.Config(150));
    }

    [Fact]
    public void SampleRatio_OfThePlannedShare_HasAnExpectationOfOne()
    {
        var cases = from share in Shares from n in Gen.Choose(0, 400) select (share, n);
        Prop.ForAll(cases.ToArbitrary(), c => Math.Abs(Binomial.Expectation(c.n, c.share, k => SampleRatio.LogEvidence(k, c.n - k, c.share)) - 1) < Rounding).Check(Dice.Config(200));
    }

    [Fact]
    public void AlphaSpending_OverWavesAndMetrics_NeverSumsUpToMoreThanAlpha()
    {
        double[] parts =
        [
            AlphaSpending.StalledPart, AlphaSpending.StartupBadPart, AlphaSpending.CreateFailedPart, AlphaSpending.HandoffLostPart, AlphaSpending.InterruptedPart, AlphaSpending.StallRatioPart,
            2 * AlphaSpending.StartupTimePart,
        ];
        Assert.Equal(1, parts.Sum(), 12);
        Assert.InRange(Enumerable.Range(1, 100_000).Sum(static wave => AlphaSpending.OfWave(0.001, wave)), 0.00099, 0.001);
    }
}

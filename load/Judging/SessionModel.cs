using Gateway.Load.Pacing;
using Gateway.Rollout.Judging;

namespace Gateway.Load.Judging;

/// <summary>
/// Sessions as a service has them, for the judge to be tried on. Base rates swing with the hour, two deploys fall into the run, users differ (a bad line is bad in each of its sessions), the stalls
/// of a session come together and have a heavy tail, and so do start-ups and playing times. The figures are round ones of the right order, not measurements.
/// </summary>
internal sealed class SessionModel(SimulationPlan plan, SeededRandom random)
{
    private const double CreateFailed = 0.003;
    private const double StartupFailed = 0.004;
    private const double Stalled = 0.06;
    private const double HandoffLost = 0.002;
    private const double InterruptedInDeploy = 0.02;
    private const double HarmOfTheDay = 0.6;
    private const double StartupMedianMs = 450;
    private const double StartupSigma = 0.6;
    private const double StallMedianMs = 1500;
    private const double StallSigma = 1.2;
    private const double PlayedMedianMs = 12 * 60_000;
    private const double PlayedSigma = 1.2;
    private const double LineSigma = 0.8;
    private const double SlowPart = 0.7;

    private readonly (Arm Arm, double Line, bool WasSeen)[] _users = NewUsers(plan);

    /// <summary>One more session.</summary>
    /// <param name="ordinal">Which of the run, from 0 on.</param>
    public SessionOutcome Next(int ordinal)
    {
        // A run is a day, with its good and its bad hours.
        var day = (double)ordinal / plan.Sessions;
        var hour = 1 + (HarmOfTheDay * Math.Sin(2 * Math.PI * day));
        var (arm, line, isRepeat) = NextUser();
        var isWave = arm == Arm.Treatment;
        var startup = StartupMedianMs * Math.Sqrt(hour) * Math.Sqrt(line) * Math.Exp(StartupSigma * Normal());
        startup *= Effect(ModelledEffect.Startup, isWave);
        if (random.NextDouble() < SlowPart) startup *= Effect(ModelledEffect.MostStartups, isWave);
        if (Happens(CreateFailed * hour * Effect(ModelledEffect.Create, isWave))) return new SessionOutcome { Arm = arm, CreateFailed = true, IsRepeat = isRepeat };
        if (Happens(StartupFailed * hour * line)) return new SessionOutcome { Arm = arm, StartupFailed = true, IsRepeat = isRepeat };
        var (longest, stalled) = Happens(Stalled * hour * line * Effect(ModelledEffect.Stalls, isWave)) ? Stalls(Effect(ModelledEffect.StallLength, isWave)) : (0, 0);
        return new SessionOutcome
        {
            Arm = arm,
            StartupMs = startup,
            LongestStallMs = longest,
            StallMs = stalled,
            PlayedMs = PlayedMedianMs * Math.Exp(PlayedSigma * Normal()),
            HandoffLost = Happens(HandoffLost * hour * Effect(ModelledEffect.Handoff, isWave)),
            Interrupted = day % 0.5 is > 0.2 and < 0.25 && Happens(InterruptedInDeploy * Effect(ModelledEffect.Interrupted, isWave)),
            IsRepeat = isRepeat,
        };
    }

    private (double Longest, double Sum) Stalls(double length)
    {
        var (longest, sum) = (0.0, 0.0);
        do
        {
            // Shorter ones no session is counted for.
            var stall = SessionOutcome.NoticedStallMs + 1 + (StallMedianMs * length * Math.Exp(StallSigma * Normal()));
            longest = Math.Max(longest, stall);
            sum += stall;
        }
        while (random.NextDouble() < 0.6);
        return (longest, sum);
    }

    private (Arm Arm, double Line, bool IsRepeat) NextUser()
    {
        if (_users.Length == 0) return (NewArm(), NewLine(), false);
        // Few users have many of the sessions.
        var at = (int)(_users.Length * Math.Pow(random.NextDouble(), 2));
        ref var user = ref _users[at];
        if (user.Line == 0) user = (NewArm(), NewLine(), false);
        var isRepeat = user.WasSeen && !plan.CountRepeats;
        user.WasSeen = true;
        return (user.Arm, user.Line, isRepeat);
    }

    private static (Arm Arm, double Line, bool WasSeen)[] NewUsers(SimulationPlan plan) =>
        plan.SessionsPerUser <= 1 ? [] : new (Arm Arm, double Line, bool WasSeen)[Math.Max(2, plan.Sessions / plan.SessionsPerUser)];

    private Arm NewArm() => random.NextDouble() < plan.Share ? Arm.Treatment : Arm.Control;

    /// <summary>How bad a user's line is: 1 on average, heavy-tailed.</summary>
    private double NewLine() => Math.Exp((LineSigma * Normal()) - (LineSigma * LineSigma / 2));

    private double Effect(ModelledEffect on, bool isWave) => isWave && on == plan.On ? plan.Effect : 1;

    private bool Happens(double probability) => random.NextDouble() < probability;

    /// <summary>Standard normal (Box and Muller, Annals of Mathematical Statistics 1958).</summary>
    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}

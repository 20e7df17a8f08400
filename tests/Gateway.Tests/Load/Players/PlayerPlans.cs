using Gateway.Load.Players;

namespace Gateway.Tests.Load.Players;

/// <summary>Plans of what a virtual player does, and replies for it.</summary>
public abstract class PlayerPlans
{
    private protected static PlayerPlan Plan(params ViewerAction[] actions) =>
        new() { Index = 3, Target = VirtualRun.Target, Title = "", Stay = TimeSpan.FromMinutes(30), Cmcd = false, Actions = [.. actions] };
}

using System.Collections.Immutable;
using Gateway.Load.Links.Virtual;

namespace Gateway.Load.Qoe;

/// <summary>Ladders of real services, in round numbers: mean kbit/s and picture height.</summary>
internal static class QoeLadders
{
    /// <summary>Apple's HLS authoring specification for devices, §1.1, H.264.</summary>
    public static ImmutableArray<RungShape> Apple { get; } = new TitleShape().Rungs;

    /// <summary>The ladder of "Big Buck Bunny" that the DASH Industry Forum's reference and many papers use.</summary>
    public static ImmutableArray<RungShape> DashIf { get; } =
        [new(230, 180), new(331, 180), new(477, 270), new(688, 270), new(991, 360), new(1427, 432), new(2056, 576), new(2962, 576), new(5027, 720), new(6000, 1080)];

    /// <summary>Six rungs from 300 to 6000, each about double the one below, as many small services have them.</summary>
    public static ImmutableArray<RungShape> Doubling { get; } = [new(300, 240), new(600, 360), new(1200, 432), new(2000, 540), new(3500, 720), new(6000, 1080)];

    public static ImmutableArray<(string Name, ImmutableArray<RungShape> Rungs)> All { get; } = [("apple", Apple), ("dashif", DashIf), ("doubling", Doubling)];
}

using System.Runtime.InteropServices;

namespace Gateway.Load.Players;

/// <summary>One deed of a viewer's plan.</summary>
/// <param name="At">After the player's start.</param>
/// <param name="Deed">What.</param>
/// <param name="Position">Media time for a seek.</param>
/// <param name="Title">Manifest path for a zap.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ViewerAction(TimeSpan At, ViewerDeed Deed, TimeSpan Position = default, string? Title = null);

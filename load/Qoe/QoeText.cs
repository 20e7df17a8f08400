using System.Globalization;

namespace Gateway.Load.Qoe;

/// <summary>The table as people read it.</summary>
internal static class QoeText
{
    public static string Head => "player       seg levers          set      | stall s/h   floor  optim. | factor [90 %]          bitrate  <90%  worst |  kbit/s switch/h start ms  QoE  restarts | worst set";

    public static string Line(QoeRow row) => string.Create(
        CultureInfo.InvariantCulture,
        $"{row.Rule,-12} {row.SegmentSeconds,2:0}s {(row.Auto && row.Levers != "auto" ? $"auto+{row.Levers}" : row.Levers),-15} {row.Set,-8} | {row.StallSecondsPerHour,9:0.0} {row.FloorStallSecondsPerHour,7:0.0} {row.OptimumStallSecondsPerHour,7:0.0} | {Number(row.Factor)} [{Number(row.FactorLow)} {Number(row.FactorHigh)}] {row.BitrateFactor,7:0.000} {row.BelowNinetyPercent,5:0.00} {row.WorstBitrateFactor,6:0.00} | {row.MeanKbps,7:0} {row.SwitchesPerHour,8:0} {row.StartupP50Ms,8:0} {row.QoeLin,6:0.00} {row.RestartsPerHour,5:0.0} | {row.WorstSet} {row.WorstSetFactor:0.00}");

    private static string Number(double? value) => value is { } number ? number.ToString("0.00", CultureInfo.InvariantCulture).PadLeft(5) : "    -";
}

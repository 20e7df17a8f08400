namespace Gateway.Load.Qoe;

/// <summary>What a run of <c>load -- qoe</c> plays.</summary>
/// <param name="Study">Sessions and film.</param>
/// <param name="Players">One after the other.</param>
/// <param name="SegmentSeconds">Of each film.</param>
/// <param name="Arms">Beside the player alone.</param>
/// <param name="BySet">A line for each group of traces too.</param>
internal sealed record QoePlan(QoeStudyOptions Study, IReadOnlyList<QoePlayer> Players, IReadOnlyList<double> SegmentSeconds, IReadOnlyList<QoeArm> Arms, bool BySet);

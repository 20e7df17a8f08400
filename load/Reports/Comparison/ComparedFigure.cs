namespace Gateway.Load.Reports.Comparison;

/// <summary>One figure in both runs.</summary>
/// <param name="Name">As in the report.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="IsMoreBetter">Whether viewers are better off with more of it.</param>
/// <param name="A">In the first run.</param>
/// <param name="B">In the second.</param>
/// <param name="Low">Lower end of the 95 % interval of B − A.</param>
/// <param name="High">Upper end.</param>
/// <param name="SureBetter">Share of the draws in which B is better, ties by half: 0.5 = nothing can be told.</param>
internal sealed record ComparedFigure(string Name, FigureUnit Unit, bool IsMoreBetter, double A, double B, double Low, double High, double SureBetter)
{
    public double Difference => B - A;

    /// <summary>Whether the interval leaves no doubt about the direction.</summary>
    public bool IsClear => Low > 0 || High < 0;

    public bool IsBetter => IsMoreBetter ? Difference > 0 : Difference < 0;
}

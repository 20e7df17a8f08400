namespace Gateway.Load;

/// <summary>Contents page of the load tester.</summary>
public static class Program
{
    public static int Main(string[] args)
    {
        Console.Error.WriteLine(args.Length == 0 ? "A verb is missing." : $"Unknown verb '{args[0]}'.");
        return 1;
    }
}

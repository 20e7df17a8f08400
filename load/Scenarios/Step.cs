namespace Gateway.Load.Scenarios;

/// <summary>One timed part of a scenario, under NBomber's name and form.</summary>
internal static class Step
{
    // What has waited this long at the end of the run did not fail to end because of it; a system that stands still must not go uncounted.
    private static readonly TimeSpan s_unfinished = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Times the work and counts how it ended. A failure of the connection, or of reading what came, has its type's name as status. What is under way at the end of the run is not counted,
    /// unless it has waited for more than five seconds: then it failed as <c>unfinished</c>.
    /// </summary>
    public static async Task<Response> RunAsync(string name, ScenarioContext context, Func<Task<Response>> work)
    {
        var begin = context.TakeIntendedStart();
        Response response;
        try
        {
            response = await work();
        }
        catch (OperationCanceledException) when (context.Stop.IsCancellationRequested)
        {
            if (context.Recorder.Now - begin > s_unfinished) context.Recorder.Record(name, begin, Response.Fail("unfinished"));
            throw;
        }
        catch (Exception failure)
        {
            response = Response.Fail(failure.GetType().Name);
        }

        context.Recorder.Record(name, begin, response);
        return response;
    }
}

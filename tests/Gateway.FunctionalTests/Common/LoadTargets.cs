// What runs of the load tester and tests both start.
global using MemoryCage = Gateway.Load.Targets.MemoryCage;
global using PostgresServer = Gateway.Load.Targets.PostgresServer;

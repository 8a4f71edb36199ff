-- Run once, when the volume of PostgreSQL is new: Ringback's database and Temporal's two.
CREATE DATABASE ringback;
CREATE DATABASE temporal;
CREATE DATABASE temporal_visibility;
